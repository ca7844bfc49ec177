// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.engine.NodeClock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * What keeps an activation in memory although no event comes: its timers and work that it was asked
 * to wait for, each at most {@value #LIMIT_MINUTES} minutes. Thread-safe.
 */
final class KeepAwake {
  private static final int LIMIT_MINUTES = 15;

  private final NodeClock clock;
  private final Set<VolatileTimer> timers = new HashSet<>();
  private int works;
  private long awakeUntilNanos;

  KeepAwake(NodeClock clock) {
    this.clock = clock;
  }

  /** Counts a timer; returns false if there are {@code limit} already. */
  synchronized boolean add(VolatileTimer timer, int limit) {
    if (timers.size() >= limit) {
      return false;
    }
    timers.add(timer);
    extend();
    return true;
  }

  /** The timer's action has ended, or it was cancelled. */
  synchronized void remove(VolatileTimer timer) {
    timers.remove(timer);
  }

  /** Counts a piece of work. */
  synchronized void workBegan() {
    works++;
    extend();
  }

  /** The work is done. */
  synchronized void workEnded() {
    works--;
  }

  private void extend() {
    awakeUntilNanos = clock.nanoTime() + Duration.ofMinutes(LIMIT_MINUTES).toNanos();
  }

  /** Whether the activation must stay. */
  synchronized boolean active() {
    return (works > 0 || !timers.isEmpty()) && clock.nanoTime() - awakeUntilNanos < 0;
  }

  /** The activation is over: stops all timers. One that starts meanwhile finds its gate closed. */
  synchronized void end() {
    timers.forEach(VolatileTimer::stop);
    timers.clear();
  }
}
