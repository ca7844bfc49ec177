// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.floor;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WALRecoveryMode;

/** All counters: in memory to be read, in RocksDB for keeps. Thread-safe. */
final class Counters {
  private final ConcurrentMap<String, Counter> byName = new ConcurrentHashMap<>();
  private final Committer committer;

  /** Opens the database, creating it if it is not there, and loads every counter. */
  Counters(Path data, long commitDelayMillis) throws RocksDBException {
    RocksDB.loadLibrary();
    RocksDB db = RocksDB.open(options(), data.toString());
    try (RocksIterator all = db.newIterator()) {
      for (all.seekToFirst(); all.isValid(); all.next()) {
        String name = new String(all.key(), StandardCharsets.UTF_8);
        byName.put(name, new Counter(name, Batch.value(all.value())));
      }
      all.status();
    }
    committer = new Committer(db, commitDelayMillis);
    committer.start();
  }

  private static Options options() {
    return new Options()
        .setCreateIfMissing(true)
        // As ours: confirmed writes may not vanish in silence behind a damaged record.
        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
        // One writer: the machinery for many would only cost.
        .setAllowConcurrentMemtableWrite(false)
        .setEnableWriteThreadAdaptiveYield(false)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
  }

  /** Adds one; returns the new value once it is on disk. */
  long increment(String name) {
    Counter counter = byName.get(name);
    if (counter == null) {
      counter = byName.computeIfAbsent(name, missing -> new Counter(missing, 0));
    }
    return committer.increment(counter);
  }

  /** The value that is on disk, read from memory; 0 if there is none. */
  long value(String name) {
    Counter counter = byName.get(name);
    return counter == null ? 0 : counter.durable;
  }
}
