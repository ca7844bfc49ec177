// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the open connections and keeps them below a limit. Refusals are for the log once a minute
 * at most, because clients cause them at will. Thread-safe.
 */
final class OpenConnections {
  private static final Logger log = LoggerFactory.getLogger(OpenConnections.class);
  private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

  private final int limit;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong loggedAt = new AtomicLong(System.nanoTime() - QUIET_NANOS);

  OpenConnections(int limit) {
    this.limit = limit;
  }

  /** Whether one more connection may be open; if so, {@link #closed} must follow once. */
  boolean tryOpen() {
    if (open.incrementAndGet() <= limit) {
      return true;
    }
    open.decrementAndGet();
    logRefusal(System.nanoTime());
    return false;
  }

  private void logRefusal(long now) {
    long last = loggedAt.get();
    if (now - last >= QUIET_NANOS && loggedAt.compareAndSet(last, now)) {
      log.warn(
          "{} connections are open, which is the limit (limits.connections); closing further ones at"
              + " once: raise it, or find the client that holds so many",
          limit);
    }
  }

  /** A connection is closed. */
  void closed() {
    open.decrementAndGet();
  }

  /** How many connections are open. */
  int open() {
    return open.get();
  }
}
