// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Bookmark;
import dev.holdfast.DurableObject;
import dev.holdfast.ObjectId;
import dev.holdfast.engine.history.HandedOut;
import dev.holdfast.engine.history.Rewrite;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes the object that it is called on, which must not exist, what another one was at a bookmark.
 * Runs within the gate of an activation, but before its constructor, and ends it. Immutable.
 *
 * @param source the id of the other one, of the same namespace
 * @param bookmark of the other one
 */
public record ForkInvocation(ObjectId source, Bookmark bookmark) implements Invocation {

  /** Runs it within an activation whose gate it holds. */
  void run(Activation activation) {
    ActivationTable table = activation.table();
    ObjectStore store = table.store();
    ObjectRef object = activation.object();
    ObjectRef from = new ObjectRef(object.namespace(), source);
    Instant now = table.clock().now();
    HandedOut then = Rewrite.find(store, from, new Generation(bookmark.moment()), now);
    if (then == null) {
      throw new IllegalArgumentException(
          "fork of %s: its bookmark %s is not kept; ask it for another with history().at(time)"
              .formatted(from, bookmark));
    }
    if (then.isAwaited() && bookmark.moment() > 0) {
      throw new IllegalArgumentException(
          "fork of %s: its bookmark %s is of the moment right before it goes back, and it has not yet"
              .formatted(from, bookmark));
    }
    OpenedObject opened = store.open(object, table.nameToKeep(object));
    try {
      if (opened.seq() > 0) {
        throw exists(object);
      }
      Rewrite.fork(store, opened, source, then, now);
    } finally {
      store.release(opened.opening());
    }
  }

  /** Why it cannot be run on an object that exists. */
  IllegalStateException exists(ObjectRef object) {
    return new IllegalStateException(
        "fork of %s into %s, which exists; choose another name".formatted(source, object));
  }

  @Override
  public @Nullable Object invoke(DurableObject instance) {
    throw new IllegalStateException("a fork needs no instance");
  }

  @Override
  public Throwable translate(Throwable thrown) {
    return thrown;
  }

  @Override
  public boolean exclusive(ObjectTraits traits) {
    return true;
  }

  @Override
  public int weight() {
    return 0;
  }

  @Override
  public String toString() {
    return "fork";
  }
}
