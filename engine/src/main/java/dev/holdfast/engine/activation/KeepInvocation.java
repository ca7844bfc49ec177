// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Bookmark;
import dev.holdfast.DurableObject;
import dev.holdfast.engine.history.RetainedMoments;
import dev.holdfast.store.Generation;

/**
 * Hands out a bookmark of the state at the end of a generation that is kept. An object that is
 * awake goes on: there it is a turn as any other. Immutable.
 *
 * @param end the generation
 */
public record KeepInvocation(Generation end) implements InterveningInvocation {

  @Override
  public Bookmark run(Activation activation) {
    return InterveningInvocation.intervention(activation).keep(end);
  }

  @Override
  public Bookmark invoke(DurableObject instance) {
    Event event = CurrentEvent.get();
    if (event == null) {
      throw new AssertionError("a bookmark is handed out outside of an event");
    }
    Activation activation = event.activation();
    ActivationTable table = activation.table();
    if (!RetainedMoments.isKept(table.store(), activation.object(), end, table.clock().now())) {
      throw new IllegalArgumentException(
          "%s: its state at %s is not kept".formatted(activation, end));
    }
    return activation.history().keep(end);
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
