// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts the requests that are served at once and keeps them below a limit. Thread-safe. */
final class Admission {
  private final int limit;
  private final AtomicInteger serving = new AtomicInteger();

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

  /** How many requests are served now. */
  int serving() {
    return serving.get();
  }

  /** The most requests that are served at once. */
  int limit() {
    return limit;
  }
}
