// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One opening of the RocksDB database. Thread-safe: native memory is given back only when the last
 * user has left, and nobody enters after that.
 */
final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(30);

  /** Added to the number of users once it is closed. */
  private static final int CLOSED = 1 << 30;

  private final Path directory;
  private final RocksDB db;
  private final NativeObjects natives;
  private final LogSwitches switches;
  private final ReadOptions anyOrder;
  private final ReadOptions oneObject;
  private final ReadOptions inPassing;
  private final WriteOptions synced;
  private final AtomicInteger users = new AtomicInteger();

  /** Guarded by this. */
  private boolean released;

  private Database(Path directory, RocksDB db, NativeObjects natives, LogSwitches switches) {
    this.directory = directory;
    this.db = db;
    this.natives = natives;
    this.switches = switches;
    this.anyOrder = natives.keep(new ReadOptions().setTotalOrderSeek(true));
    this.oneObject = natives.keep(new ReadOptions().setPrefixSameAsStart(true));
    this.inPassing =
        natives.keep(
            new ReadOptions()
                .setPrefixSameAsStart(true)
                .setMaxSkippableInternalKeys(Cursor.MAX_PASSED));
    this.synced = natives.keep(new WriteOptions().setSync(true));
  }

  /**
   * Opens the database, recovering what its logs hold into new data files.
   *
   * @param verifyLogs whether RocksDB is to compare each log with what the next one says of it
   */
  static Database open(Path directory, RocksStoreOptions options, boolean verifyLogs)
      throws RocksDBException {
    NativeObjects natives = new NativeObjects();
    try {
      LogSwitches switches = natives.keep(new LogSwitches());
      Options all = natives.keep(DatabaseOptions.of(natives, options, verifyLogs, switches));
      RocksDB db = RocksDB.open(all, directory.toString());
      return new Database(directory, db, natives, switches);
    } catch (RocksDBException | RuntimeException e) {
      natives.close();
      throw e;
    }
  }

  /** The value under a key; null if there is none. */
  byte @Nullable [] get(byte[] key) throws RocksDBException {
    enter();
    try {
      return db.get(anyOrder, key);
    } finally {
      exit();
    }
  }

  /** A cursor that stays with the object and the table of the key it was sent to. */
  Cursor objectCursor() {
    enter();
    return new Cursor(this, db.newIterator(oneObject));
  }

  /** The same, but no step of it passes by more than {@link Cursor#MAX_PASSED} removed keys. */
  Cursor passingCursor() {
    enter();
    return new Cursor(this, db.newIterator(inPassing));
  }

  /** A cursor over all keys. */
  Cursor cursor() {
    enter();
    return new Cursor(this, db.newIterator(anyOrder));
  }

  /** The present, held fast for several cursors. */
  Moment moment() {
    enter();
    return new Moment(db.getSnapshot());
  }

  /** A state of the database that several cursors look at. */
  final class Moment implements AutoCloseable {
    private final Snapshot snapshot;
    private final ReadOptions options;

    private Moment(Snapshot snapshot) {
      this.snapshot = snapshot;
      this.options = new ReadOptions().setTotalOrderSeek(true).setSnapshot(snapshot);
    }

    /** A cursor over all keys, as they were at the moment. */
    Cursor cursor() {
      // Not refused while the database is being closed: the moment holds it open anyway, and a read
      // that is refused half way would leave a moment that nobody closes.
      users.getAndIncrement();
      return new Cursor(Database.this, db.newIterator(options));
    }

    @Override
    public void close() {
      options.close();
      db.releaseSnapshot(snapshot);
      exit();
    }
  }

  /** Writes a batch and waits until it is on disk; tells the sequence number of its last entry. */
  long write(byte[] serialized) throws RocksDBException {
    enter();
    try (WriteBatch batch = new WriteBatch(serialized)) {
      db.write(synced, batch);
      return db.getLatestSequenceNumber();
    } finally {
      exit();
    }
  }

  /** Whether a new log was begun since this was last asked. Committer thread only. */
  boolean switchedLog() {
    return switches.take();
  }

  /** Stops flushes and compactions, or lets them go on; for tests. */
  void background(boolean running) throws RocksDBException {
    enter();
    try {
      if (running) {
        db.continueBackgroundWork();
      } else {
        db.pauseBackgroundWork();
      }
    } finally {
      exit();
    }
  }

  /**
   * Makes a folder that can be opened as a database, of links to the files of this one where the
   * disk has links; holds everything up to a moment that is not before the call.
   *
   * @param folder is not there yet, but its parent is
   */
  void checkpoint(Path folder) throws RocksDBException {
    enter();
    try (Checkpoint checkpoint = Checkpoint.create(db)) {
      checkpoint.createCheckpoint(folder.toString());
    } finally {
      exit();
    }
  }

  /** From now on no file is deleted but by {@link #deleteObsoleteFiles}. */
  void keepFiles() throws RocksDBException {
    enter();
    try {
      db.disableFileDeletions();
    } finally {
      exit();
    }
  }

  /** Deletes the files that are no longer needed. */
  void deleteObsoleteFiles() throws RocksDBException {
    enter();
    try {
      db.enableFileDeletions();
      db.disableFileDeletions();
    } finally {
      exit();
    }
  }

  /** The numbers of the data files that are in use. */
  Set<Long> dataFiles() throws RocksDBException {
    enter();
    try {
      return db.getLiveFilesMetaData().stream()
          .map(file -> file.fileName().replaceAll("[^0-9]", ""))
          .map(Long::valueOf)
          .collect(Collectors.toSet());
    } finally {
      exit();
    }
  }

  private void enter() {
    if (users.getAndIncrement() >= CLOSED) {
      exit();
      throw new StorageException(
          "the store in " + directory + " is closed or being reopened; retry",
          Outcome.NOT_APPLIED,
          true,
          null);
    }
  }

  void exit() {
    if (users.decrementAndGet() == CLOSED) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /**
   * Lets nobody in any more, waits for those inside to leave, and closes the database. One who does
   * not leave in time, as after a stack overflow on the way out, keeps it open: its memory must not
   * go under the feet of somebody who is still there. Called again, it looks whether they have
   * left, and does not wait.
   */
  @Override
  public void close() {
    close(LEAVE_LIMIT);
  }

  synchronized void close(Duration leaveLimit) {
    if (released) {
      return;
    }
    boolean first = users.get() < CLOSED;
    if (first) {
      users.addAndGet(CLOSED);
    }
    if (first ? awaitNobody(leaveLimit) : users.get() == CLOSED) {
      db.close();
      natives.close();
      released = true;
    } else if (first) {
      LOG.error(
          "the database in {} was not closed: {} calls into it did not end within {}; if they never"
              + " end, restart the process",
          directory,
          users.get() - CLOSED,
          leaveLimit);
    }
  }

  /** Whether it is closed, so that its directory can be opened again. */
  synchronized boolean isReleased() {
    return released;
  }

  private synchronized boolean awaitNobody(Duration limit) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + limit.toNanos();
    long left = limit.toNanos();
    while (users.get() != CLOSED && left > 0) {
      try {
        wait(Math.max(1, left / 1_000_000));
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left = deadline - System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return users.get() == CLOSED;
  }
}
