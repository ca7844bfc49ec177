// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Timer;
import dev.holdfast.engine.NodeClock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A timer of an activation: it fires as an event of it, and ends with it. It keeps the activation
 * awake from {@link #start} until its event stands at the gate.
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

  static VolatileTimer start(Activation activation, Duration delay, Runnable action) {
    VolatileTimer timer = new VolatileTimer(activation, action);
    timer.keepAwake.add(timer);
    timer.scheduled = activation.table().clock().after(delay, timer::fire);
    return timer;
  }

  /** On the clock's thread: brings the event. */
  private void fire() {
    activation.accept(TaskEvent.timer(this::run), false);
    keepAwake.remove(this);
  }

  private void run() {
    if (!settled) {
      settled = true;
      action.run();
    }
  }

  @Override
  public boolean cancel() {
    activation.checkThread();
    if (settled) {
      return false;
    }
    settled = true;
    keepAwake.remove(this);
    stop();
    return true;
  }

  /** The activation is over. */
  void stop() {
    NodeClock.Scheduled pending = scheduled;
    if (pending != null) {
      pending.cancel();
    }
  }
}
