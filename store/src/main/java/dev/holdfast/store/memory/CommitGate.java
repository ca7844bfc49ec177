// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import dev.holdfast.store.CommitGroup;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where groups wait before an in-memory store applies them, so that a test can stop the disk, let
 * groups through one at a time, and see what got through. Open at first. Thread-safe.
 */
public final class CommitGate {
  /** How many groups {@link #committed()} remembers. */
  public static final int MAX_RECORDED = 100_000;

  private final ReentrantLock lock;
  private final Condition changed;
  private final Deque<CommitGroup> committed = new ArrayDeque<>();
  private boolean held;
  private long permits;
  private long submitted;
  private long applied;

  CommitGate(ReentrantLock lock, Condition changed) {
    this.lock = lock;
    this.changed = changed;
  }

  /** From now on submitted groups wait, also those that are submitted already and not applied. */
  public void hold() {
    lock.lock();
    try {
      held = true;
      permits = 0;
    } finally {
      lock.unlock();
    }
  }

  /** Lets through every group that waits or comes. */
  public void release() {
    lock.lock();
    try {
      held = false;
      permits = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets through the first group that waits; if none does, the next that comes. */
  public void releaseOne() {
    lock.lock();
    try {
      permits++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many groups were submitted so far. */
  public long submitted() {
    lock.lock();
    try {
      return submitted;
    } finally {
      lock.unlock();
    }
  }

  /** How many groups were applied so far; refused ones do not count. */
  public long applied() {
    lock.lock();
    try {
      return applied;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until so many groups were submitted in all. */
  public void awaitSubmitted(long groups) throws InterruptedException {
    lock.lock();
    try {
      while (submitted < groups) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The groups that were applied, in that order; the last {@link #MAX_RECORDED} of them. */
  public List<CommitGroup> committed() {
    lock.lock();
    try {
      return new ArrayList<>(committed);
    } finally {
      lock.unlock();
    }
  }

  /** Whether no group may pass now; the lock is held, here and below. */
  boolean isHeld() {
    return held && permits == 0;
  }

  void entered() {
    submitted++;
  }

  /** A group passed, with a permit or because the store is closed. */
  void left() {
    if (held && permits > 0) {
      permits--;
    }
  }

  void applied(CommitGroup group) {
    applied++;
    committed.addLast(group);
    if (committed.size() > MAX_RECORDED) {
      committed.removeFirst();
    }
  }
}
