// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import dev.holdfast.engine.Engine;
import dev.holdfast.store.rocksdb.BackupReport;
import dev.holdfast.store.rocksdb.RocksStore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A store over which nothing runs, opened for a task. */
public record StoreAlone(Path data, RocksStore store) implements Workplace {
  @Override
  public @Nullable Engine engine() {
    return null;
  }

  @Override
  public BackupReport backup(Path target) {
    return store.backup(target);
  }
}
