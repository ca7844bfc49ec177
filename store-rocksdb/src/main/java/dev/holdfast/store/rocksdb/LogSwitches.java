// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import org.rocksdb.AbstractEventListener;
import org.rocksdb.MemTableInfo;

/**
 * Notices when RocksDB begins a new log: it does so whenever it seals what it collected in memory,
 * on the thread that writes, before the write goes to the new log.
 */
final class LogSwitches extends AbstractEventListener {
  private volatile boolean happened;

  LogSwitches() {
    super(EnabledEventCallback.ON_MEMTABLE_SEALED);
  }

  @Override
  public void onMemTableSealed(MemTableInfo info) {
    happened = true;
  }

  /** Whether a new log was begun since this was last asked. */
  boolean take() {
    if (!happened) {
      return false;
    }
    happened = false;
    return true;
  }
}
