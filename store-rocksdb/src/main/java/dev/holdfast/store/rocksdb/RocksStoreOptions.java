// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.store.Retention;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;

/**
 * How an embedded store behaves. Immutable; begin with {@link #defaults()}.
 *
 * @param clock judges which alarms are due and which history is retained
 * @param retention which moments of the past stay readable
 * @param acceptLoss whether to open a store that lost confirmed commits: what is before the damage
 *     is kept, the rest is given up
 * @param queueBytes how many bytes of commits may wait before {@code submit} blocks
 * @param reserveBytes commits are refused while the disk has less usable space than this
 * @param commitDelay added before every physical write, to try the group commit on a slow disk
 * @param blockCacheBytes how much memory caches blocks of data files, their indexes and filters
 * @param writeBufferBytes how many bytes are collected in memory, and in one log, before they are
 *     written to a data file; bounds the time that recovery takes
 * @param checkBytes how many bytes of data files are read through before the store opens; the rest
 *     is read through behind it
 */
public record RocksStoreOptions(
    InstantSource clock,
    Retention retention,
    boolean acceptLoss,
    long queueBytes,
    long reserveBytes,
    Duration commitDelay,
    long blockCacheBytes,
    long writeBufferBytes,
    long checkBytes) {
  private static final long MIB = 1L << 20;

  public RocksStoreOptions {
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(retention, "retention");
    Objects.requireNonNull(commitDelay, "commitDelay");
    requirePositive(queueBytes, "queueBytes");
    requirePositive(blockCacheBytes, "blockCacheBytes");
    requirePositive(writeBufferBytes, "writeBufferBytes");
    requirePositive(checkBytes, "checkBytes");
    if (reserveBytes < 0 || commitDelay.isNegative()) {
      throw new IllegalArgumentException(
          "reserveBytes "
              + reserveBytes
              + " and commitDelay "
              + commitDelay
              + " may not be negative");
    }
  }

  /** The system's clock, the default retention, no loss accepted. */
  public static RocksStoreOptions defaults() {
    return new RocksStoreOptions(
        InstantSource.system(),
        Retention.DEFAULT,
        false,
        64 * MIB,
        256 * MIB,
        Duration.ZERO,
        64 * MIB,
        32 * MIB,
        64 * MIB);
  }

  /** The same with another clock. */
  public RocksStoreOptions withClock(InstantSource other) {
    return new RocksStoreOptions(
        other,
        retention,
        acceptLoss,
        queueBytes,
        reserveBytes,
        commitDelay,
        blockCacheBytes,
        writeBufferBytes,
        checkBytes);
  }

  /** The same with another retention. */
  public RocksStoreOptions withRetention(Retention other) {
    return new RocksStoreOptions(
        clock,
        other,
        acceptLoss,
        queueBytes,
        reserveBytes,
        commitDelay,
        blockCacheBytes,
        writeBufferBytes,
        checkBytes);
  }

  /** The same, opening a damaged store or refusing it. */
  public RocksStoreOptions withAcceptLoss(boolean other) {
    return new RocksStoreOptions(
        clock,
        retention,
        other,
        queueBytes,
        reserveBytes,
        commitDelay,
        blockCacheBytes,
        writeBufferBytes,
        checkBytes);
  }

  /** The same with another bound on waiting commits. */
  public RocksStoreOptions withQueueBytes(long other) {
    return new RocksStoreOptions(
        clock,
        retention,
        acceptLoss,
        other,
        reserveBytes,
        commitDelay,
        blockCacheBytes,
        writeBufferBytes,
        checkBytes);
  }

  /** The same with another reserve of disk space. */
  public RocksStoreOptions withReserveBytes(long other) {
    return new RocksStoreOptions(
        clock,
        retention,
        acceptLoss,
        queueBytes,
        other,
        commitDelay,
        blockCacheBytes,
        writeBufferBytes,
        checkBytes);
  }

  /** The same with another delay before every physical write. */
  public RocksStoreOptions withCommitDelay(Duration other) {
    return new RocksStoreOptions(
        clock,
        retention,
        acceptLoss,
        queueBytes,
        reserveBytes,
        other,
        blockCacheBytes,
        writeBufferBytes,
        checkBytes);
  }

  /** The same with another block cache. */
  public RocksStoreOptions withBlockCacheBytes(long other) {
    return new RocksStoreOptions(
        clock,
        retention,
        acceptLoss,
        queueBytes,
        reserveBytes,
        commitDelay,
        other,
        writeBufferBytes,
        checkBytes);
  }

  /** The same with another write buffer. */
  public RocksStoreOptions withWriteBufferBytes(long other) {
    return new RocksStoreOptions(
        clock,
        retention,
        acceptLoss,
        queueBytes,
        reserveBytes,
        commitDelay,
        blockCacheBytes,
        other,
        checkBytes);
  }

  /** The same, reading another amount of data files through before the store opens. */
  public RocksStoreOptions withCheckBytes(long other) {
    return new RocksStoreOptions(
        clock,
        retention,
        acceptLoss,
        queueBytes,
        reserveBytes,
        commitDelay,
        blockCacheBytes,
        writeBufferBytes,
        other);
  }

  private static void requirePositive(long value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value);
    }
  }
}
