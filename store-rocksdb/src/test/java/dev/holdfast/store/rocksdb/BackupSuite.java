// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Tests of backups: a store, a backup of it, and what is restored of that, in one folder. */
abstract class BackupSuite {
  static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10);

  @TempDir Path folder;

  final Path live() {
    return folder.resolve("live");
  }

  final Path backup() {
    return folder.resolve("backup");
  }

  final Path copy() {
    return folder.resolve("copy");
  }

  /** Runs on a thread of its own: the common pool may have but one. */
  static void start(Runnable task) {
    Thread.ofPlatform().daemon().start(task);
  }
}
