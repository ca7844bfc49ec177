// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Work on its way to the committer, in the order of arrival, bounded by bytes. Any number of
 * threads add, one takes.
 *
 * <p>Adding is one compare-and-set on a stack that the taker detaches whole and turns around. The
 * bytes of a piece of work count until {@link #done} is told, so they bound what is held in memory,
 * not only what waits.
 */
final class CommitQueue {
  /** On top of a queue that lets nothing more in. */
  private static final Work CLOSED = new Work.Stop();

  private final long boundBytes;
  private final AtomicReference<@Nullable Work> top = new AtomicReference<>();
  private final AtomicLong heldBytes = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile @Nullable Thread idle;

  CommitQueue(long boundBytes) {
    this.boundBytes = boundBytes;
  }

  /** Counts bytes that are to be added; blocks while as many as the bound are held. */
  void reserve(long bytes) {
    if (!tryReserve(bytes)) {
      lock.lock();
      try {
        waiting.incrementAndGet();
        while (!tryReserve(bytes)) {
          room.awaitUninterruptibly();
        }
      } finally {
        waiting.decrementAndGet();
        lock.unlock();
      }
    }
  }

  private boolean tryReserve(long bytes) {
    for (long held = heldBytes.get(); held < boundBytes; held = heldBytes.get()) {
      if (heldBytes.compareAndSet(held, held + bytes)) {
        return true;
      }
    }
    return false;
  }

  /** Gives back bytes that were reserved. */
  void done(long bytes) {
    heldBytes.addAndGet(-bytes);
    if (waiting.get() > 0) {
      lock.lock();
      try {
        room.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Adds work whose bytes are reserved; false if the queue is closed. */
  boolean add(Work work) {
    Work below;
    do {
      below = top.get();
      if (below == CLOSED) {
        return false;
      }
      work.next = below;
    } while (!top.compareAndSet(below, work));
    Thread sleeper = idle;
    if (sleeper != null) {
      LockSupport.unpark(sleeper);
    }
    return true;
  }

  /** All that waits, in the order of arrival, linked by {@code next}; waits until there is some. */
  Work take() {
    Work taken = top.getAndSet(null);
    if (taken == null) {
      idle = Thread.currentThread();
      while ((taken = top.getAndSet(null)) == null) {
        LockSupport.park(this);
      }
      idle = null;
    }
    return turned(taken);
  }

  /** Lets nothing more in; returns what had come in. */
  @Nullable Work close() {
    Work taken = top.getAndSet(CLOSED);
    return taken == null ? null : turned(taken);
  }

  private static Work turned(Work latest) {
    Work first = latest;
    Work rest = latest.next;
    first.next = null;
    while (rest != null) {
      Work below = rest.next;
      rest.next = first;
      first = rest;
      rest = below;
    }
    return first;
  }
}
