// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.rocksdb.RocksDBException;

/**
 * The thread that, each second, brings the safeguards up to date. A sync that fails ends the
 * session like a failed write.
 */
final class Housekeeper {
  private final StoreLayout layout;
  private final Safeguards safeguards;
  private final Sessions sessions;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Lock turn = new ReentrantLock();
  private final Thread thread;

  Housekeeper(StoreLayout layout, Safeguards safeguards, Sessions sessions) {
    this.layout = layout;
    this.safeguards = safeguards;
    this.sessions = sessions;
    this.thread = Thread.ofPlatform().daemon().name("holdfast-housekeeper").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      boolean last;
      do {
        last = stop.await(1, TimeUnit.SECONDS);
        tidy(sessions.current());
      } while (!last);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tidy(Session session) {
    if (session.failure() != null) {
      return;
    }
    turn.lock();
    try {
      safeguards.refresh(session);
    } catch (IOException | RocksDBException | RuntimeException | Error e) {
      session.fail(
          new StorageException(
              "the store in "
                  + layout.directory()
                  + " failed to sync: "
                  + e.getMessage()
                  + "; it is reopened at its next use",
              Outcome.NOT_APPLIED,
              true,
              e));
    } finally {
      turn.unlock();
    }
  }

  /** Held while files are changed or deleted here; who takes it keeps them as they are. */
  Lock turn() {
    return turn;
  }

  /**
   * Tidies a last time and ends the thread. Not on the caller's, whose interrupt would close the
   * files.
   */
  void stop() {
    stop.countDown();
    Threads.join(thread);
  }
}
