// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Bookmark;
import dev.holdfast.DurableObject;
import dev.holdfast.engine.history.HistoryChange;
import dev.holdfast.store.Generation;
import dev.holdfast.store.LastCommit;
import java.util.Objects;

/**
 * Hands out a bookmark of a state that is kept. An object that is awake goes on: there it is a turn
 * as any other. Immutable.
 *
 * @param to the generation at whose end it is
 */
public record KeepInvocation(Generation to) implements Intervention {

  @Override
  public boolean isTurn(Activation activation) {
    return activation.instance() != null;
  }

  @Override
  public void check(Activation activation, Event event) {
    change(activation).checkKeep(to);
  }

  @Override
  public Bookmark run(Activation activation, Event event) {
    activation.mayCommit(event);
    return change(activation).keep(to);
  }

  @Override
  public Bookmark invoke(DurableObject instance) {
    Event event = Objects.requireNonNull(CurrentEvent.get(), "it runs in an event");
    Activation activation = event.activation();
    LastCommit _ = change(activation).checkKept(to);
    return activation.context().history().keep(to);
  }

  private static HistoryChange change(Activation activation) {
    return activation.table().historyChange(activation.object());
  }

  @Override
  public Throwable end() {
    return Ending.sleep();
  }

  @Override
  public boolean exclusive(ObjectTraits traits) {
    return false;
  }

  @Override
  public String toString() {
    return "bookmark";
  }
}
