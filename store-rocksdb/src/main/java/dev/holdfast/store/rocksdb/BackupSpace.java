// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The space that a backup may take: never so much that the store which it is taken of would have to
 * refuse commits.
 *
 * @param ofStore how much space the disk of the store has
 * @param keptBytes how much of that is to be left
 * @param ofTarget how much space the disk has to which the backup goes
 * @param sameDisk whether the two are one
 */
record BackupSpace(LongSupplier ofStore, long keptBytes, LongSupplier ofTarget, boolean sameDisk) {
  /**
   * Finds out.
   *
   * @param injected in the place of what all disks say; null to ask them
   */
  static BackupSpace of(
      Path data, Path parent, RocksStoreOptions options, @Nullable LongSupplier injected)
      throws IOException {
    if (injected != null) {
      return new BackupSpace(injected, options.reserveBytes(), injected, true);
    }
    boolean same = Files.getFileStore(parent).equals(Files.getFileStore(data));
    return new BackupSpace(
        data.toFile()::getUsableSpace,
        // From a disk that is nearly full a backup is wanted most; a flush must fit, though.
        same
            ? options.reserveBytes()
            : Math.min(options.reserveBytes(), 2 * options.writeBufferBytes()),
        parent.toFile()::getUsableSpace,
        same);
  }

  /** Why the backup must not go on; null if it may. */
  @Nullable String refusal() {
    long usable = ofStore.getAsLong();
    return usable >= keptBytes
        ? null
        : "the disk of the store is nearly full: %d bytes are usable and %d are kept in reserve;%s"
            .formatted(usable, keptBytes, ADVICE);
  }

  /** Why it must not take that many bytes more; null if it may. */
  @Nullable String refusal(long bytes) {
    long usable = ofTarget.getAsLong();
    long kept = sameDisk ? keptBytes : 0;
    return usable - kept >= bytes
        ? null
        : "it needs %d bytes, and where it goes %d are usable%s;%s"
            .formatted(
                bytes, usable, kept == 0 ? "" : ", of which the store keeps " + kept, ADVICE);
  }

  private static final String ADVICE = " free some space, or name a folder on another disk";
}
