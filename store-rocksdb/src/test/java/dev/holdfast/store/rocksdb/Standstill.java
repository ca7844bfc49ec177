// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.util.concurrent.locks.Lock;
import org.rocksdb.RocksDBException;

/**
 * While it lasts only commits change the files of a store. So a copy that takes a while is still
 * what a crash at one moment would leave.
 */
final class Standstill implements AutoCloseable {
  private final RocksStore store;
  private final Lock housekeeping;

  Standstill(RocksStore store) throws RocksDBException {
    this.store = store;
    this.housekeeping = store.housekeeper().turn();
    housekeeping.lock();
    store.database().background(false);
  }

  @Override
  public void close() throws RocksDBException {
    try {
      store.database().background(true);
    } finally {
      housekeeping.unlock();
    }
  }
}
