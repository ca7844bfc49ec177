// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes of responses that wait for all clients together, against a limit. Thread-safe.
 *
 * <p>Nobody waits here. Who finds the limit reached has bytes on their way to their own client, and
 * looks again when that has taken some; who has none may pass the limit by one piece. So nobody can
 * starve, whoever uses the limit up, and no line of waiters is needed.
 */
final class PendingBytes {
  private final long limit;
  private final AtomicLong pending = new AtomicLong();

  PendingBytes(long limit) {
    this.limit = limit;
  }

  /** Counts bytes that are sent now, if they fit; if so, {@link #taken} must follow once. */
  boolean tryAdd(int bytes) {
    if (pending.addAndGet(bytes) <= limit) {
      return true;
    }
    pending.addAndGet(-bytes);
    return false;
  }

  /** Counts bytes that are sent now, also beyond the limit; {@link #taken} must follow once. */
  void add(int bytes) {
    pending.addAndGet(bytes);
  }

  /** The client has taken bytes, or never will. */
  void taken(int bytes) {
    pending.addAndGet(-bytes);
  }

  /** How many bytes wait now. */
  long get() {
    return pending.get();
  }
}
