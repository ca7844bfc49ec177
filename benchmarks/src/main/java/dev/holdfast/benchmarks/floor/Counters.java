// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.floor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WALRecoveryMode;

/** All counters: in memory for reading, in RocksDB for keeps. */
final class Counters {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final ConcurrentMap<String, Counter> byName = new ConcurrentHashMap<>();
  private final Committer committer;

  Counters(Path data, long commitDelayMillis) throws RocksDBException {
    RocksDB.loadLibrary();
    Options options =
        new Options()
            .setCreateIfMissing(true)
            .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
            .setAllowConcurrentMemtableWrite(Boolean.getBoolean("x.cmw"))
            .setEnableWriteThreadAdaptiveYield(Boolean.getBoolean("x.yield"));
    if (Boolean.getBoolean("x.recycle")) {
      options.setWalRecoveryMode(WALRecoveryMode.SkipAnyCorruptedRecords).setRecycleLogFileNum(4);
    }
    RocksDB db = RocksDB.open(options, data.toString());
    try (RocksIterator all = db.newIterator()) {
      for (all.seekToFirst(); all.isValid(); all.next()) {
        String name = new String(all.key(), StandardCharsets.UTF_8);
        byName.put(name, new Counter(name, decode(all.value())));
      }
      all.status();
    }
    committer = new Committer(db, commitDelayMillis);
  }

  /** Adds one; returns the new value once it is on disk. */
  long increment(String name) {
    Counter counter = byName.get(name);
    if (counter == null) {
      counter = byName.computeIfAbsent(name, missing -> new Counter(missing, 0));
    }
    return committer.increment(counter);
  }

  /** The value that is on disk, read from memory. */
  long value(String name) {
    Counter counter = byName.get(name);
    return counter == null ? 0 : counter.durable;
  }

  static byte[] encode(long value) {
    byte[] bytes = new byte[Long.BYTES];
    LONG.set(bytes, 0, value);
    return bytes;
  }

  private static long decode(byte[] bytes) {
    return (long) LONG.get(bytes, 0);
  }
}
