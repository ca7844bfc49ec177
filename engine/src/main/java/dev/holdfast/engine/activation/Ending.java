// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.engine.gate.Entrant;
import dev.holdfast.engine.gate.EntryGate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of an activation, which went to sleep or is discarded. It happens in three steps:
 *
 * <ol>
 *   <li>{@link #closeGate}, as one step for everybody else: the gate closes, and those who had not
 *       started are with the next activation, or the object has left the table.
 *   <li>{@link #tell}: those who had started are answered, and those who are suspended are woken,
 *       so that they find out.
 *   <li>{@link #release}: what the activation held is given back, and the next one begins.
 * </ol>
 *
 * <p>Nobody can stop the thread that runs object code. What it still computes reaches nobody: its
 * event is answered already, and every later platform call of it throws {@link ActivationGone}. It
 * is counted as left over until it {@linkplain #left leaves}.
 */
final class Ending {
  private static final Logger log = LoggerFactory.getLogger(Ending.class);

  private final Activation activation;
  private final Throwable cause;

  /** Those who had started, the running one first. Written before the gate is seen closed. */
  private final Set<Event> inside = new LinkedHashSet<>();

  private List<Event> sleepers = List.of();
  private @Nullable Activation successor;

  /**
   * The event that ran when the activation ended: its thread may still be within the state. Set
   * under the gate's lock, which that thread takes before it asks.
   */
  private @Nullable Event lastInside;

  /** An end because of {@code cause}. */
  Ending(Activation activation, Throwable cause) {
    this.activation = activation;
    this.cause = cause;
  }

  /** An end because the activation goes to sleep. */
  static Throwable sleep() {
    return new Asleep();
  }

  /** Discards an activation, for example because a limit was passed. */
  static void discard(Activation activation, Throwable cause) {
    noteIfConstructing(activation, cause);
    activation.end(cause, null, null);
  }

  /** Discards an activation at the wish of its own code; what is returned ends that code. */
  static Error abort(Activation activation, Event event, Throwable cause, Throwable answer) {
    noteIfConstructing(activation, cause);
    activation.end(cause, event, answer);
    return activation.gone();
  }

  private static void noteIfConstructing(Activation activation, Throwable cause) {
    Construction unfinished = activation.construction();
    if (unfinished != null && !activation.isOver()) {
      unfinished.note(cause);
    }
  }

  /** What every platform call throws from now on. */
  Error gone() {
    return new ActivationGone(
        "%s: this activation is over (%s); nothing it does has an effect any more"
            .formatted(activation, cause.getMessage()),
        cause);
  }

  /** Closes the gate and puts the next activation in place. The activation's lock is held. */
  void closeGate(List<Event> suspended) {
    ActivationTable table = activation.table();
    sleepers = suspended;
    activation
        .gate()
        .close(
            (running, waiting) -> {
              if (running instanceof Event event) {
                inside.add(event);
                lastInside = event;
              }
              inside.addAll(sleepers);
              inside.forEach(Event::markLeftOver);
              table.leftOverThreads().add(inside.size());
              successor =
                  table.replace(activation, waiting.stream().filter(Ending::outlives).toList());
            });
  }

  /** Timers and what follows calls belong to this activation and end with it. */
  private static boolean outlives(Entrant entrant) {
    return entrant instanceof CallEvent;
  }

  /** Answers those who had started, and wakes those who are suspended. */
  void tell() {
    if (!(cause instanceof Asleep)) {
      log.warn("{}: activation discarded: {}", activation, cause.toString());
    }
    for (Event event : inside) {
      if (!(event instanceof SleepEvent && cause instanceof Asleep)) {
        event.discarded(cause);
      }
    }
    sleepers.forEach(EntryGate::notifyClosed);
  }

  /** Gives back what nobody uses any more, and lets the next activation begin. */
  void release() {
    activation.releaseResources();
    if (lastInside == null) {
      activation.releaseState();
    }
    Activation next = successor;
    if (next != null) {
      next.gate().start();
    }
  }

  /** A thread has left the activation after its end. */
  void left(Event event) {
    if (event.leftOver()) {
      activation.table().leftOverThreads().decrement();
    }
    if (event == lastInside) {
      activation.releaseState();
    }
  }

  /** Says that an activation is over because it sleeps. */
  private static final class Asleep extends Exception {
    private static final long serialVersionUID = 1L;

    Asleep() {
      super("it went to sleep", null, false, false);
    }
  }
}
