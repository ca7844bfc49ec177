// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import dev.holdfast.DurableObject;
import dev.holdfast.Exclusive;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectNamespace;
import java.util.concurrent.CompletableFuture;

/** The object of docs/turns.md. */
public final class TicketsObject extends DurableObject implements Tickets {
  private static final int PRICE = 10;

  private final ObjectNamespace<Bank> bank;

  public TicketsObject(ObjectContext ctx) {
    super(ctx);
    bank = ctx.env().objects(Bank.class);
  }

  @Override
  public void open(int seats) {
    storage().put("left", seats);
  }

  @Override
  public int left() {
    return storage().get("left", Integer.class).orElse(0);
  }

  @Override
  public int sold() {
    return storage().list(String.class, KeyRange.prefix("sold:")).size();
  }

  // docs: turns-wrong
  /** Wrong: two buyers can get the last seat. */
  @Override
  public boolean buyWrong(String buyer) {
    int left = left();
    if (left == 0) {
      return false;
    }
    bank.getByName(buyer).charge(PRICE); // waits: others come in and read the same number
    storage().put("left", left - 1);
    storage().append("sold:", buyer);
    return true;
  }

  // end docs

  // docs: turns-two
  @Override
  public boolean buy(String buyer) {
    int left = left();
    if (left == 0) {
      return false;
    }
    storage().put("left", left - 1);
    try {
      bank.getByName(buyer).charge(PRICE); // the first turn ends: its commit, then the call
    } catch (IllegalArgumentException refused) {
      storage().put("left", left() + 1); // asked anew: others may have been here
      return false;
    }
    storage().append("sold:", buyer);
    return true; // the second turn ends: its commit, then the answer
  }

  // end docs

  // docs: turns-exclusive
  @Override
  @Exclusive
  public boolean buyAlone(String buyer) {
    return buyWrong(buyer); // right here: while it waits nobody comes in
  }

  // end docs

  @Override
  public boolean buyInSection(String buyer) {
    // docs: turns-section
    ctx()
        .blockConcurrencyWhile(
            () -> {
              int left = left();
              bank.getByName(buyer).charge(PRICE);
              storage().put("left", left - 1);
            });
    // end docs
    return true;
  }

  @Override
  public CompletableFuture<Boolean> buyForBoth(String one, String other) {
    // docs: turns-both
    CompletableFuture<Boolean> first = bank.getByName(one).covers(PRICE);
    CompletableFuture<Boolean> second = bank.getByName(other).covers(PRICE);
    ctx().await(CompletableFuture.allOf(first, second)); // both are asked at the same time
    boolean both = first.join() && second.join();
    // end docs
    return CompletableFuture.completedFuture(both);
  }

  // docs: turns-throw
  @Override
  public void complain(String text) {
    storage().put("complaints", complaints() + 1);
    if (text.isBlank()) {
      throw new IllegalArgumentException("say what is wrong"); // counted all the same
    }
    storage().append("complaint:", text);
  }

  // end docs

  @Override
  public long complaints() {
    return storage().get("complaints", Long.class).orElse(0L);
  }

  // docs: turns-abort
  @Override
  public void reset(String why) {
    storage().put("left", 0);
    ctx().abort(why); // the line above has not happened
  }
  // end docs
}
