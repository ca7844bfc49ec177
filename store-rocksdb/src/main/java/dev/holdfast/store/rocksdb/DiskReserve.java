// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps commits away from a disk that is nearly full, so that a write hardly ever fails for lack of
 * space. Committer thread only.
 *
 * <p>The disk is asked only when as many bytes were written as could have used up a part of what
 * was left above the reserve, or when a second has passed; while space is short, for every batch.
 */
final class DiskReserve {
  private static final long RECHECK_NANOS = 1_000_000_000L;

  /** A byte committed may be written this often soon: to the log, a data file, a compaction. */
  private static final long AMPLIFICATION = 4;

  private final Path directory;
  private final long reserveBytes;
  private final LongSupplier usableBytes;
  private final LongSupplier nanos;
  private long allowance;
  private long checkedAt;

  DiskReserve(Path directory, long reserveBytes, LongSupplier usableBytes, LongSupplier nanos) {
    this.directory = directory;
    this.reserveBytes = reserveBytes;
    this.usableBytes = usableBytes;
    this.nanos = nanos;
    this.checkedAt = nanos.getAsLong() - RECHECK_NANOS;
  }

  /** Why {@code bytes} more must not be written now; null if they may. */
  @Nullable StorageException refusal(long bytes) {
    long cost = bytes * AMPLIFICATION;
    long now = nanos.getAsLong();
    if (cost > allowance || now - checkedAt >= RECHECK_NANOS) {
      long usable = usableBytes.getAsLong();
      checkedAt = now;
      allowance = usable - reserveBytes;
      if (cost > allowance) {
        allowance = 0;
        return new StorageException(
            "the disk of the store in "
                + directory
                + " is nearly full: "
                + usable
                + " bytes are usable and "
                + reserveBytes
                + " are kept in reserve; commits are refused until there is more space",
            Outcome.NOT_APPLIED,
            true,
            null);
      }
    }
    allowance -= cost;
    return null;
  }
}
