// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import org.rocksdb.RocksDBException;

/** Where finished batches go: the database, in tests also one that fails. */
@FunctionalInterface
interface BatchWriter {
  /**
   * Writes a batch and waits until it is on disk.
   *
   * @return the store sequence number of its last entry
   * @throws RocksDBException after which it is unknown what of it is on disk
   */
  long write(byte[] batch) throws RocksDBException;
}
