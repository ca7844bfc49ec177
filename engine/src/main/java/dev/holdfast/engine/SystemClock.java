// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The machine's clock. Its timer thread starts at first use and ends with the process. */
final class SystemClock implements NodeClock {
  static final SystemClock INSTANCE = new SystemClock();

  private final ScheduledThreadPoolExecutor timer;

  private SystemClock() {
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("holdfast-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Scheduled after(Duration delay, Runnable action) {
    Once once = new Once(action);
    ScheduledFuture<?> future =
        timer.schedule(once, NodeClock.nanosOf(delay), TimeUnit.NANOSECONDS);
    return () -> {
      boolean kept = once.claim();
      if (kept) {
        future.cancel(false);
      }
      return kept;
    };
  }

  /** An action that runs or is cancelled; its future would say "cancelled" also while it runs. */
  private static final class Once extends AtomicBoolean implements Runnable {
    private static final long serialVersionUID = 1L;

    private final transient Runnable action;

    Once(Runnable action) {
      this.action = action;
    }

    boolean claim() {
      return compareAndSet(false, true);
    }

    @Override
    public void run() {
      if (claim()) {
        action.run();
      }
    }
  }
}
