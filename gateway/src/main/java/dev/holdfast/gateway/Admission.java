// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the requests that are served at once and keeps them below a limit. A request counts until
 * its worker has ended, also if the gateway has answered in its place. Thread-safe.
 */
final class Admission {
  private final int limit;
  private final AtomicInteger serving = new AtomicInteger();
  private final AtomicInteger overdue = new AtomicInteger();

  Admission(int limit) {
    this.limit = limit;
  }

  /** Whether one more request may be served; if so, {@link #leave} must follow once. */
  boolean tryEnter() {
    if (serving.incrementAndGet() <= limit) {
      return true;
    }
    serving.decrementAndGet();
    return false;
  }

  /** A request is served: its worker has ended. */
  void leave() {
    serving.decrementAndGet();
  }

  /** A request was answered in its worker's place; {@link #overdueEnded} must follow once. */
  void overdueBegan() {
    overdue.incrementAndGet();
  }

  /** The worker of such a request has ended. */
  void overdueEnded() {
    overdue.decrementAndGet();
  }

  /** How many requests are served now. */
  int serving() {
    return serving.get();
  }

  /** How many of them have a worker that goes on although the request was answered with 504. */
  int overdue() {
    return overdue.get();
  }

  /** The most requests that are served at once. */
  int limit() {
    return limit;
  }
}
