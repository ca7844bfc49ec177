// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.engine.EngineOptions.EventLimits;
import dev.holdfast.engine.gate.EntryGate;

/**
 * How an event comes in: it is bound to the activation and enters its gate, where it gets the baton
 * and runs, waits for it, or is turned away. This is the path of every call, as {@link Execution}
 * is, so it keeps nothing. Any thread.
 */
final class Arrival {
  private Arrival() {}

  /**
   * Takes an event in.
   *
   * @param inline whether it may run on the calling thread if the gate is free
   * @return false if the activation is over and another one must take it
   */
  static boolean accept(Activation activation, Event event, boolean inline) {
    event.bind(activation);
    Construction unfinished = activation.construction();
    if (unfinished != null && unfinished.refuses(event)) {
      return true;
    }
    switch (enter(activation, event)) {
      case ADMITTED -> {
        if (inline) {
          Execution.run(activation, event);
        } else {
          activation.startThread(event);
        }
      }
      case QUEUED -> {
        activation.table().sweeper().touched(activation);
        activation.table().exclusiveWaits().queued(event, activation);
      }
      case FULL -> event.answer(null, CallEvent.overload(activation));
      case CLOSED -> {
        return false;
      }
    }
    return true;
  }

  /**
   * What the object itself set in motion is not turned away: somebody inside may wait for it. Nor
   * what happened on its sockets, of which each brings one thing at a time.
   */
  private static EntryGate.Entry enter(Activation activation, Event event) {
    EntryGate gate = activation.gate();
    if (!(event instanceof CallEvent call && call.mayBeRefused())) {
      return gate.enter(event, Integer.MAX_VALUE, Long.MAX_VALUE);
    }
    EventLimits limits = activation.table().limits();
    return activation.suspensions().count() >= limits.suspendedEvents()
        ? EntryGate.Entry.FULL
        : gate.enter(event, limits.waitingEvents(), limits.waitingBytes());
  }
}
