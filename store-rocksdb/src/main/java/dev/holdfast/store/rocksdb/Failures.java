// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.ObjectRef;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Says in our words what RocksDB could not do. */
final class Failures {
  private Failures() {}

  /** A read failed. Nothing was applied; what is damaged stays so, other errors may pass. */
  static StorageException read(String what, ObjectRef object, RocksDBException cause) {
    return new StorageException(
        object + ": cannot read " + what + ": " + describe(cause),
        Outcome.NOT_APPLIED,
        !isDamage(cause),
        cause);
  }

  /** A read that is about no single object failed. */
  static StorageException read(String what, RocksDBException cause) {
    return new StorageException(
        "cannot read " + what + ": " + describe(cause),
        Outcome.NOT_APPLIED,
        !isDamage(cause),
        cause);
  }

  static boolean isDamage(RocksDBException e) {
    return e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption;
  }

  static String describe(RocksDBException e) {
    return String.valueOf(e.getMessage());
  }
}
