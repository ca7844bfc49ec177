// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.ObjectRef;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Makes an in-memory store fail where a disk would. Thread-safe. */
public final class Faults {
  private final ReentrantLock lock;
  private final Queue<CommitFault> commits = new ArrayDeque<>();
  private int opens;
  private int reads;
  private int spared;

  Faults(ReentrantLock lock) {
    this.lock = lock;
  }

  /** What happens to a group. */
  public enum CommitFault {
    /** It is refused, as on a nearly full disk: {@code NOT_APPLIED}; the store is not broken. */
    REFUSED,
    /** The write is reported as failed, and yet is there afterwards; the store is broken. */
    UNKNOWN_APPLIED,
    /** The write is reported as failed, and is not there afterwards; the store is broken. */
    UNKNOWN_NOT_APPLIED
  }

  /**
   * The next group that would be applied fails so. Called several times, several groups fail, in
   * that order.
   */
  public void failNextCommit(CommitFault fault) {
    locked(() -> commits.add(fault));
  }

  /** The next {@code open} fails with a retryable {@link StorageException}. */
  public void failNextOpen() {
    locked(() -> opens++);
  }

  /** The next {@code get} or {@code scan} fails with a retryable {@link StorageException}. */
  public void failNextRead() {
    locked(() -> reads++);
  }

  /** The same for the read after that many others. */
  public void failReadAfter(int others) {
    locked(
        () -> {
          reads++;
          spared = others;
        });
  }

  /** What happens to the next group; the lock is held, here and below. */
  @Nullable CommitFault pollCommit() {
    return commits.poll();
  }

  void checkOpen(ObjectRef object) {
    if (opens > 0) {
      opens--;
      throw failed("opening", object);
    }
  }

  void checkRead(ObjectRef object) {
    if (reads > 0 && spared > 0) {
      spared--;
    } else if (reads > 0) {
      reads--;
      throw failed("reading", object);
    }
  }

  private static StorageException failed(String what, ObjectRef object) {
    return new StorageException(
        what + " " + object + " failed, as a test asked for; retry",
        Outcome.NOT_APPLIED,
        true,
        null);
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }
}
