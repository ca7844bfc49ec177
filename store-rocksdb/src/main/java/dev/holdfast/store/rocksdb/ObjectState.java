// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What the store remembers of an object that is open or has commits waiting. There may be a
 * million, so it holds no lock, queue or map of its own.
 *
 * <p>{@code opening} and {@code pending} settle between threads which commits count: a submission
 * raises {@code pending} and then looks at {@code opening}; an opening sets {@code opening} and
 * then looks at {@code pending}. So one of them sees the other: the commit is refused, or the
 * opening waits for it.
 */
final class ObjectState {
  /** The opening of an object that nobody has open. */
  static final long RELEASED = -1;

  /** In place of an incarnation, while it was not read. */
  static final int UNKNOWN = -1;

  private static final VarHandle PENDING;

  static {
    try {
      PENDING = MethodHandles.lookup().findVarHandle(ObjectState.class, "pending", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The latest opening, or {@link #RELEASED}. */
  volatile long opening = RELEASED;

  /** The incarnation that readers of the latest state look at. */
  volatile int visibleIncarnation = UNKNOWN;

  /** The namespace's number; 0 while it has none. Committer's; before that, the opener's. */
  int namespace;

  /** The head as of the last commit that was taken on. Committer's; before that, the opener's. */
  Head head = Head.NONE;

  /**
   * The opening through which a commit failed; nothing more is accepted through it. Committer's.
   */
  long failed = RELEASED;

  /** Whether that is because the object was deleted through it. Committer's. */
  boolean deleted;

  /**
   * How many objects with this id were deleted while this was in memory: what is known of entries
   * of one life says nothing about the next. Committer's.
   */
  int lives;

  /** Whether the batch under construction changes the object. Committer's. */
  boolean dirty;

  private volatile int pending;

  /** Takes over what an opening read, if the opening is still the latest. */
  synchronized void opened(long number, int readNamespace, Head read) {
    if (opening == number) {
      namespace = readNamespace;
      head = read;
      failed = RELEASED;
      deleted = false;
      visibleIncarnation = read.incarnation();
    }
  }

  /** One more group with commits of the object is under way. */
  void arrive() {
    PENDING.getAndAdd(this, 1);
  }

  /** One group less is under way. */
  boolean depart() {
    return (int) PENDING.getAndAdd(this, -1) == 1;
  }

  /** Whether groups with commits of the object are under way. */
  boolean busy() {
    return pending != 0;
  }
}
