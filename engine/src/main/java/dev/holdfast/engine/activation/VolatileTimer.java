// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.LimitExceededException;
import dev.holdfast.Timer;
import dev.holdfast.engine.NodeClock;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A timer of an activation: it fires as an event of it, and ends with it.
 *
 * <pre>
 *   pending ──fires──► its event waits at the gate ──► runs ──► over
 *      └──cancelled──────────────────────────────────────────────┘
 * </pre>
 *
 * It counts from {@link #start} until it is over, also if it is cancelled while its event waits: so
 * the limit on timers bounds the events that they bring, too. As long as it counts it keeps the
 * activation awake.
 */
final class VolatileTimer implements Timer {
  private final Activation activation;
  private final Runnable action;
  private final KeepAwake keepAwake;
  private volatile NodeClock.@Nullable Scheduled scheduled;

  /** Whether it ran, runs, or was cancelled. Object thread only. */
  private boolean settled;

  private VolatileTimer(Activation activation, Runnable action) {
    this.activation = activation;
    this.action = action;
    this.keepAwake = activation.keepAwake();
  }

  /**
   * Starts a timer.
   *
   * @throws LimitExceededException if the activation has too many
   */
  static VolatileTimer start(Activation activation, Duration delay, Runnable action) {
    Objects.requireNonNull(delay, "delay");
    Objects.requireNonNull(action, "action");
    VolatileTimer timer = new VolatileTimer(activation, action);
    int limit = activation.table().limits().timers();
    if (!timer.keepAwake.add(timer, limit)) {
      throw new LimitExceededException(
          "%s: %d timers are pending or have not ended their action, limit %d (limits.timers); cancel some, or let one do the work of several"
              .formatted(activation, limit, limit));
    }
    timer.scheduled = activation.table().clock().after(delay, timer::fire);
    if (activation.isOver()) {
      // Whoever ended it may have come before this was scheduled; it may be due in years.
      boolean _ = timer.stop();
    }
    return timer;
  }

  /** On the clock's thread: brings the event. */
  private void fire() {
    Arrival.accept(activation, TaskEvent.timer(this::run), false);
  }

  private void run() {
    try {
      if (!settled) {
        settled = true;
        action.run();
      }
    } finally {
      keepAwake.remove(this);
    }
  }

  @Override
  public boolean cancel() {
    activation.checkThread();
    if (settled) {
      return false;
    }
    settled = true;
    if (stop()) {
      keepAwake.remove(this);
    }
    return true;
  }

  /** Keeps it from firing; returns false if it fired already. */
  boolean stop() {
    NodeClock.Scheduled pending = scheduled;
    return pending != null && pending.cancel();
  }
}
