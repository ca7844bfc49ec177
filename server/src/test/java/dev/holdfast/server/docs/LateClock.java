// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import dev.holdfast.engine.NodeClock;
import java.time.Duration;
import java.time.Instant;

/** A clock of a node whose date can be moved on. Thread-safe. */
final class LateClock implements NodeClock {
  private volatile Instant start = NodeClock.system().now();
  private volatile Duration passed = Duration.ZERO;

  /** Lets so much time pass. */
  synchronized void pass(Duration time) {
    passed = passed.plus(time);
  }

  @Override
  public Instant now() {
    return start.plus(passed);
  }

  @Override
  public long nanoTime() {
    return NodeClock.system().nanoTime();
  }

  @Override
  public Scheduled after(Duration delay, Runnable action) {
    return NodeClock.system().after(delay, action);
  }
}
