// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current session, and the way from a failed one to the next: whoever needs the store next
 * opens it again, at most once per waiting time, which grows while that fails. Thread-safe.
 *
 * <pre>
 *            fail                    live(), recovered
 *   open ───────────► failed ───────────────────────────► open (new epoch)
 *    │                  │  ▲ live(), not recovered: wait, retry later
 *    └──── close ───────┴──┴──► closed
 * </pre>
 */
final class Sessions {
  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
  private static final long FIRST_WAIT_NANOS = 100_000_000L;
  private static final long LONGEST_WAIT_NANOS = 5_000_000_000L;

  private final StoreLayout layout;
  private final Recovery recovery;
  private final LongSupplier nanos;
  private volatile Session current;
  private volatile boolean closed;

  // Guarded by this.
  private @Nullable StorageException lastFailure;
  private long failedAt;
  private long waitNanos = FIRST_WAIT_NANOS;

  Sessions(StoreLayout layout, Recovery recovery, LongSupplier nanos) {
    this.layout = layout;
    this.recovery = recovery;
    this.nanos = nanos;
    this.current = recovery.open();
  }

  /** The current session, failed or not. */
  Session current() {
    return current;
  }

  /**
   * A session that works, opened if need be.
   *
   * @throws StorageException if the store cannot be opened now, or is closed
   */
  Session live() {
    Session session = current;
    return session.failure() == null && !closed ? session : reopened();
  }

  private synchronized Session reopened() {
    if (closed) {
      throw closed();
    }
    if (current.failure() == null) {
      return current;
    }
    StorageException last = lastFailure;
    long now = nanos.getAsLong();
    if (last != null && now - failedAt < waitNanos) {
      throw new StorageException(
          last.getMessage()
              + "; it is tried again in "
              + (waitNanos - (now - failedAt)) / 1_000_000
              + " ms",
          Outcome.NOT_APPLIED,
          last.retryable(),
          last);
    }
    if (!current.database.isReleased()) {
      current.database.close();
      if (!current.database.isReleased()) {
        // Two of them would spoil each other's files.
        throw new StorageException(
            "cannot open the store in "
                + layout.directory()
                + " again: calls into the database that failed did not end; retry, and if they never"
                + " end, restart the process",
            Outcome.NOT_APPLIED,
            true,
            current.failure());
      }
    }
    StorageException failure = current.failure();
    recovery.suspect(failure == null ? null : failure.getCause());
    try {
      current = open();
    } catch (StorageException e) {
      LOG.error("cannot open the store in {} again", layout.directory(), e);
      waitNanos = last == null ? FIRST_WAIT_NANOS : Math.min(2 * waitNanos, LONGEST_WAIT_NANOS);
      failedAt = nanos.getAsLong();
      lastFailure = e;
      throw e;
    }
    lastFailure = null;
    LOG.info("the store in {} is open again, epoch {}", layout.directory(), current.epoch);
    return current;
  }

  /**
   * Recovers on a thread of its own. An interrupt of the caller's, which may be an object's thread,
   * would close the files that recovery reads and writes, the mark file among them for good.
   */
  private Session open() {
    try {
      return CompletableFuture.supplyAsync(
              recovery::open, task -> Thread.ofPlatform().name("holdfast-recovery").start(task))
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StorageException known) {
        throw known;
      }
      throw e;
    }
  }

  StorageException closed() {
    return new StorageException(
        "the store in " + layout.directory() + " is closed", Outcome.NOT_APPLIED, false, null);
  }

  /**
   * Nothing is opened any more.
   *
   * @return whether the database is closed; if not, somebody is still in it
   */
  synchronized boolean close() {
    closed = true;
    current.database.close();
    return current.database.isReleased();
  }

  boolean isClosed() {
    return closed;
  }
}
