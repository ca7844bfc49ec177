// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.rocksdb.RocksDBException;

/**
 * The thread that, each second, syncs the mark file and brings the manifest's mirror up to date. A
 * sync that fails ends the session like a failed write.
 */
final class Housekeeper {
  private final StoreLayout layout;
  private final MarkFile mark;
  private final ManifestMirror mirror;
  private final Sessions sessions;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  Housekeeper(StoreLayout layout, MarkFile mark, ManifestMirror mirror, Sessions sessions) {
    this.layout = layout;
    this.mark = mark;
    this.mirror = mirror;
    this.sessions = sessions;
    this.thread = Thread.ofPlatform().daemon().name("holdfast-housekeeper").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!stop.await(1, TimeUnit.SECONDS)) {
        Session session = sessions.current();
        if (session.failure() == null) {
          tidy(session);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tidy(Session session) {
    try {
      mark.sync();
      mirror.refresh(session.database);
    } catch (IOException | RocksDBException e) {
      session.fail(
          new StorageException(
              "the store in " + layout.directory() + " failed to sync: " + e.getMessage(),
              Outcome.NOT_APPLIED,
              true,
              e));
    } catch (StorageException e) {
      // The session ended meanwhile: there is nothing to tidy.
      return;
    }
  }

  /** Does it a last time, for a session that nobody uses any more. */
  void stop() {
    stop.countDown();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    Session session = sessions.current();
    if (session.failure() == null) {
      tidy(session);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
