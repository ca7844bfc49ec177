// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.util.Properties;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WALRecoveryMode;

/** How RocksDB is set up, and why. */
final class DatabaseOptions {
  private static final long MIB = 1L << 20;

  private DatabaseOptions() {}

  static Options of(NativeObjects natives, RocksStoreOptions options, boolean verifyLogs) {
    DBOptions db = natives.keep(durability(verifyLogs));
    db.setCreateIfMissing(true)
        // One writer: the machinery for many would only cost.
        .setAllowConcurrentMemtableWrite(false)
        .setEnableWriteThreadAdaptiveYield(false)
        .setMaxBackgroundJobs(2)
        // Bounds descriptors and the memory of open tables; a data file has 32 MiB.
        .setMaxOpenFiles(1000)
        .setSkipStatsUpdateOnDbOpen(true)
        .setBytesPerSync(MIB)
        // Read through at every start.
        .setMaxManifestFileSize(4 * MIB)
        .setMaxLogFileSize(4 * MIB)
        .setKeepLogFileNum(4)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
    ColumnFamilyOptions entries = natives.keep(entries(natives, options));
    return new Options(db, entries);
  }

  private static DBOptions durability(boolean verifyLogs) {
    // Has no setter in Java. Each log then names its predecessor's end, and recovery checks it.
    Properties tracking = new Properties();
    tracking.setProperty("track_and_verify_wals", Boolean.toString(verifyLogs));
    DBOptions db = DBOptions.getDBOptionsFromProps(tracking);
    if (db == null) {
      throw new IllegalStateException(
          "this version of RocksDB does not know the option track_and_verify_wals");
    }
    return db.setParanoidChecks(true)
        // The default would drop everything behind a damaged record in silence.
        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
        // What a log held is written to new files and synced before anything is read: after a
        // failed sync the kernel calls pages clean that never reached the disk.
        .setAvoidFlushDuringRecovery(false)
        // After a background error only a new opening may go on.
        .setMaxBgErrorResumeCount(0);
  }

  private static ColumnFamilyOptions entries(NativeObjects natives, RocksStoreOptions options) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(natives.keep(new LRUCache(options.blockCacheBytes())))
            .setCacheIndexAndFilterBlocks(true)
            .setCacheIndexAndFilterBlocksWithHighPriority(true)
            .setPinL0FilterAndIndexBlocksInCache(true)
            .setFilterPolicy(natives.keep(new BloomFilter(10)));
    return new ColumnFamilyOptions()
        .setTableFormatConfig(table)
        // So a wake asks only files that hold something of the object.
        .useFixedLengthPrefixExtractor(Keys.PREFIX)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setWriteBufferSize(options.writeBufferBytes())
        .setMaxWriteBufferNumber(4)
        .setTargetFileSizeBase(32 * MIB)
        .setMaxBytesForLevelBase(128 * MIB);
  }
}
