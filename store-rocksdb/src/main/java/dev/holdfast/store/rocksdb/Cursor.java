// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;

/**
 * A position in the key space of one moment. The database cannot be closed while it is open. One
 * thread at a time.
 */
final class Cursor implements AutoCloseable {
  /** How many removed keys a step of {@link Database#passingCursor} passes by at most. */
  static final int MAX_PASSED = 100;

  private final Database database;
  private final RocksIterator iterator;

  Cursor(Database database, RocksIterator iterator) {
    this.database = database;
    this.iterator = iterator;
  }

  /** Goes to the first key from {@code key} on; false if there is none. */
  boolean seek(byte[] key) throws RocksDBException {
    iterator.seek(key);
    return valid();
  }

  /** Goes to the last key before {@code key}; false if there is none. */
  boolean seekBefore(byte[] key) throws RocksDBException {
    iterator.seekForPrev(key);
    if (iterator.isValid() && java.util.Arrays.equals(iterator.key(), key)) {
      iterator.prev();
    }
    return valid();
  }

  /** Goes to the next key; false if there is none. */
  boolean next() throws RocksDBException {
    iterator.next();
    return valid();
  }

  /** Goes to the key before; false if there is none. */
  boolean previous() throws RocksDBException {
    iterator.prev();
    return valid();
  }

  /** Whether a step failed because there were more removed keys to pass by than it may. */
  static boolean passedTooMany(RocksDBException failure) {
    Status status = failure.getStatus();
    return status != null && status.getCode() == Status.Code.Incomplete;
  }

  private boolean valid() throws RocksDBException {
    if (iterator.isValid()) {
      return true;
    }
    iterator.status();
    return false;
  }

  byte[] key() {
    return iterator.key();
  }

  byte[] value() {
    return iterator.value();
  }

  @Override
  public void close() {
    iterator.close();
    database.exit();
  }
}
