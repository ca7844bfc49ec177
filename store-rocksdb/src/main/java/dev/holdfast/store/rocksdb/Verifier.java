// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that, after the store was opened, reads through the data files that were too much to
 * be read through before, once, at a quarter of the disk's speed. Every block has a checksum that
 * is compared whenever it is read; this is for those that nobody reads for years.
 *
 * <p>Damage ends the session, and the next opening refuses and names the file.
 */
final class Verifier {
  private static final Logger LOG = LoggerFactory.getLogger(Verifier.class);

  /** Pauses are so much longer than the reading before. */
  private static final int REST = 3;

  private final StoreLayout layout;
  private final Recovery recovery;
  private final Sessions sessions;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  Verifier(StoreLayout layout, Recovery recovery, Sessions sessions) {
    this.layout = layout;
    this.recovery = recovery;
    this.sessions = sessions;
    this.thread = Thread.ofPlatform().daemon().name("holdfast-verifier").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      for (long number : unread()) {
        long begin = System.nanoTime();
        String fault = Verification.fault(layout.dataFile(number));
        // A file that was merged into others meanwhile is gone, and that is no damage.
        if (fault != null && live().contains(number)) {
          report(number, fault);
          return;
        }
        recovery.sound().add(number);
        if (stop.await(REST * (System.nanoTime() - begin), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RocksDBException | StorageException e) {
      LOG.warn("the data files of {} were not all read through", layout.directory(), e);
    }
  }

  private List<Long> unread() throws RocksDBException {
    return live().stream()
        .filter(number -> !recovery.sound().contains(number))
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private Set<Long> live() throws RocksDBException {
    return sessions.current().database.dataFiles();
  }

  private void report(long number, String fault) {
    StorageException damage =
        new StorageException(
            "the store in "
                + layout.directory()
                + " found "
                + layout.name(layout.dataFile(number))
                + " damaged: "
                + fault,
            Outcome.NOT_APPLIED,
            false,
            null);
    LOG.error("damage", damage);
    recovery.suspect(number);
    sessions.current().fail(damage);
  }

  void stop() {
    stop.countDown();
    Threads.join(thread);
  }
}
