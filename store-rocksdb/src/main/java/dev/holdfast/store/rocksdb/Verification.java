// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/** Reads a data file through, comparing every block with its checksum. Thread-safe. */
final class Verification {
  private Verification() {}

  /** What is wrong with the file; null if nothing is. */
  static @Nullable String fault(Path file) {
    try (Options options = new Options();
        SstFileReader reader = new SstFileReader(options)) {
      reader.open(file.toString());
      reader.verifyChecksum();
      return null;
    } catch (RocksDBException e) {
      return "is damaged: " + Failures.describe(e);
    }
  }
}
