// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import dev.holdfast.engine.gate.CriticalSection;
import dev.holdfast.engine.history.Rewrite;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;

/**
 * The making of an activation's instance, within the first event that comes: opens the object's
 * state and runs the constructor as a critical section of that event. Its turn is the event's, so
 * what the constructor writes is dropped with it if it throws. Object thread only, except {@link
 * #note}.
 */
final class Construction {
  private final Activation activation;
  private final ActivationTable table;

  Construction(Activation activation) {
    this.activation = activation;
    this.table = activation.table();
  }

  /** Makes the instance within {@code event}. */
  DurableObject run(Event event) throws Throwable {
    table.backoff().check(activation.object());
    activation.takeOver(open(activation.object()));
    CriticalSection section = activation.openSection(event, table.clock().nanoTime());
    activation.constructing(this);
    DurableObject made;
    try {
      made = table.instantiate(activation.context());
    } catch (Throwable t) {
      if (activation.isOver()) {
        throw t;
      }
      throw table.backoff().failed(activation.object(), t, event);
    }
    activation.constructed(made);
    activation.closeSection(event, section);
    table.backoff().succeeded(activation.object());
    return made;
  }

  private OpenedObject open(ObjectRef object) throws ConstructionFailed {
    try {
      OpenedObject opened = table.store().open(object, ActivationTable.nameToKeep(object));
      return complete(opened)
          ? table.store().open(object, ActivationTable.nameToKeep(object))
          : opened;
    } catch (RuntimeException e) {
      throw new ConstructionFailed(e, e);
    }
  }

  /** Completes what the object has begun; if that fails, nothing of it stays open. */
  private boolean complete(OpenedObject opened) {
    try {
      return Rewrite.complete(table.store(), opened, table.clock().now());
    } catch (RuntimeException | Error e) {
      table.store().release(opened.opening());
      throw e;
    }
  }

  /**
   * Refuses a call that the constructor itself caused: there is nothing yet that could answer it.
   *
   * @return whether {@code event} was answered so
   */
  boolean refuses(Event event) {
    if (!(event instanceof CallEvent)
        || CallChain.sectionOf(event.chain(), activation.gate()) == null) {
      return false;
    }
    event.answer(
        null,
        new IllegalStateException(
            "%s: %s came back into the object while its constructor runs; call out after it has returned"
                .formatted(activation, event)));
    return true;
  }

  /** Notes that the constructor will not return, because its activation is ended. Any thread. */
  void note(Throwable cause) {
    table.backoff().note(activation.object(), cause);
  }
}
