// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.ObjectRef;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Says in our words what RocksDB could not do. */
final class Failures {
  private static final Pattern DATA_FILE = Pattern.compile("/(\\d+)\\.sst");

  private Failures() {}

  /** A read failed. Nothing was applied; what is damaged stays so, other errors may pass. */
  static StorageException read(String what, ObjectRef object, RocksDBException cause) {
    return new StorageException(
        object + ": cannot read " + what + ": " + describe(cause) + advice(cause),
        Outcome.NOT_APPLIED,
        !isDamage(cause),
        cause);
  }

  /** A read that is about no single object failed. */
  static StorageException read(String what, RocksDBException cause) {
    return new StorageException(
        "cannot read " + what + ": " + describe(cause) + advice(cause),
        Outcome.NOT_APPLIED,
        !isDamage(cause),
        cause);
  }

  private static String advice(RocksDBException cause) {
    return isDamage(cause)
        ? "; start the store anew: it will say what is lost and what can be done"
        : "; retry";
  }

  static boolean isDamage(RocksDBException e) {
    return e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption;
  }

  /** The number of the data file that an error of RocksDB calls damaged; 0 if it names none. */
  static long damagedDataFile(@Nullable Throwable error) {
    if (error instanceof RocksDBException e && isDamage(e)) {
      Matcher name = DATA_FILE.matcher(describe(e));
      return name.find() ? Long.parseLong(name.group(1)) : 0;
    }
    return 0;
  }

  static String describe(RocksDBException e) {
    return String.valueOf(e.getMessage());
  }
}
