// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.floor;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One increment on its way to the disk, and the request's thread that waits for it. */
final class Increment {
  private final Thread waiter = Thread.currentThread();
  final Counter counter;

  /** The increment handed over just before this one; the link of {@link Committer}'s stack. */
  @Nullable Increment previous;

  /** The counter's value after this increment. Committer thread only, until it completed. */
  long value;

  private @Nullable Throwable failure;
  private volatile boolean completed;

  Increment(Counter counter) {
    this.counter = counter;
  }

  /** Waits until the increment is on disk; returns the value that it led to. */
  long await() {
    while (!completed) {
      LockSupport.park(this);
    }
    if (failure != null) {
      throw new IllegalStateException("The increment may or may not be on disk", failure);
    }
    return value;
  }

  void complete(@Nullable Throwable failure) {
    this.failure = failure;
    completed = true;
    LockSupport.unpark(waiter);
  }
}
