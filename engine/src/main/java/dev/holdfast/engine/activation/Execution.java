// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import dev.holdfast.StorageException;
import dev.holdfast.engine.gate.CriticalSection;
import org.jspecify.annotations.Nullable;

/**
 * How an event runs, on its thread: it begins, runs the object's code, ends its last turn, puts its
 * answer behind the turn's commit, and hands the baton on. This is the path of every call, so it
 * keeps nothing: all that is known is the activation's or the event's.
 */
final class Execution {
  private Execution() {}

  /** Runs an event that was given the baton. */
  static void run(Activation activation, Event event) {
    if (!activation.gate().begin(event)) {
      return;
    }
    event.beginOn(Thread.currentThread());
    activation.table().sweeper().touched(activation);
    try {
      if (event.tryStart()) {
        event.turnStarted(activation.table().clock().nanoTime());
        CurrentEvent.run(event, () -> execute(activation, event));
      }
    } finally {
      activation.left(event);
    }
  }

  private static void execute(Activation activation, Event event) {
    if (event instanceof CallEvent call) {
      Intervention intervention = call.intervention();
      if (intervention != null && !intervention.isTurn(activation)) {
        intervene(activation, call, intervention);
        return;
      }
      if (call.isVoid()) {
        call.answer(null, null);
        return;
      }
    }
    Object result = null;
    Throwable thrown = null;
    CriticalSection section = null;
    try {
      if (activation.construction() != null && event instanceof OwnEvent own) {
        // The constructor waits for it: there is no instance yet.
        own.run();
      } else {
        DurableObject target = activation.instance();
        if (target == null) {
          target = new Construction(activation).run(event);
        }
        if (event.exclusive(activation.table().traits(target))) {
          section = activation.openSection(event, event.turnStartedNanos());
        }
        result = event.run(target);
      }
    } catch (ConstructionFailed failed) {
      activation.end(failed.reason(), event, failed.answer());
      return;
    } catch (Throwable t) {
      thrown = t;
    }
    if (activation.isOver()) {
      return; // whoever ended it answers the event
    }
    if (thrown instanceof Error error) {
      activation.end(error, event, event.resetBy(error));
      return;
    }
    try {
      finish(activation, event, section, result, thrown == null ? null : event.translate(thrown));
    } catch (Throwable broken) {
      activation.end(broken, event, event.resetBy(broken));
    }
  }

  private static void intervene(Activation activation, CallEvent call, Intervention intervention) {
    Object done;
    try {
      try {
        intervention.check(activation, call);
      } catch (RuntimeException refused) {
        call.answer(null, refused);
        return;
      }
      done = intervention.run(activation, call);
    } catch (StorageException e) {
      activation.end(e, call, e);
      return;
    } catch (RuntimeException e) {
      call.answer(null, e);
      activation.end(Ending.sleep(), call, null);
      return;
    } catch (Error e) {
      activation.end(e, call, call.resetBy(e));
      return;
    }
    activation.end(intervention.end(), call, null);
    try {
      intervention.afterwards(activation);
    } finally {
      call.answer(done, null);
    }
  }

  private static void finish(
      Activation activation,
      Event event,
      @Nullable CriticalSection section,
      @Nullable Object result,
      @Nullable Throwable thrown) {
    event.finished(result, thrown);
    activation.seal(event);
    activation.pipeline().release(event);
    if (section != null) {
      activation.closeSection(event, section);
    }
    if (event instanceof SleepEvent) {
      activation.end(Ending.sleep(), event, null);
    }
  }
}
