// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import java.time.Duration;
import java.time.Instant;

/** Time as a node sees it: everything that waits, expires or is dated asks it. Thread-safe. */
public interface NodeClock {

  /** The machine's clock and one timer thread. */
  static NodeClock system() {
    return SystemClock.INSTANCE;
  }

  /** What stands for any longer time: 100 years. */
  Duration LONGEST = Duration.ofDays(36_500);

  /**
   * A time to wait in nanoseconds, at least 0 and at most {@link #LONGEST}: it can be added to a
   * {@link #nanoTime} and compared without overflow, whatever a caller asked for.
   */
  static long nanosOf(Duration wait) {
    return wait.isNegative() ? 0 : (wait.compareTo(LONGEST) < 0 ? wait : LONGEST).toNanos();
  }

  /** The wall-clock time. */
  Instant now();

  /** A monotonic time in nanoseconds, from an arbitrary origin. */
  long nanoTime();

  /** Runs {@code action} once, after {@code delay}, on a thread that it must not block. */
  Scheduled after(Duration delay, Runnable action);

  /** An action that is to run later. */
  interface Scheduled {
    /** Forgets it. Returns false if it ran already or is running. */
    boolean cancel();
  }
}
