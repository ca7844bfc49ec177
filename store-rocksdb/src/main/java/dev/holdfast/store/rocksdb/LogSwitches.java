// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import org.rocksdb.AbstractEventListener;
import org.rocksdb.MemTableInfo;

/**
 * Notices when RocksDB begins a new log: it does so whenever it seals what it collected in memory.
 * Mostly that is on the thread that writes, before the write goes to the new log; but a backup has
 * it done too, on its own thread and at any moment, also right after a write that went to the log
 * before.
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

  /** Whether a new log was begun since this was last asked. For one thread. */
  boolean take() {
    if (!happened) {
      return false;
    }
    happened = false;
    return true;
  }
}
