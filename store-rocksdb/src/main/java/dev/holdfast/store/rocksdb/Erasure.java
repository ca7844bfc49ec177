// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The removal of all that lies under an object's prefix: head and entries, history, former
 * incarnations, pins. Immutable.
 *
 * <p>A small object's keys are deleted one by one. A large one's are deleted as ranges, which takes
 * the same few bytes and no reading however large it is; but until compaction has put them into
 * practice, every read that meets a file with ranges looks them up, whatever it reads. So they are
 * for objects for which single deletes would weigh more than that; also for those of which so many
 * keys were deleted lately that to look past them, which no compaction has removed, would take as
 * long.
 *
 * @param keys the keys; null to delete ranges
 */
record Erasure(int namespace, ObjectId id, @Nullable List<byte[]> keys) {
  /** Objects with more keys are large: beyond, the committer would be held up for a millisecond. */
  static final int MAX_KEYS = 1_000;

  /** Objects with more bytes to be read past are large. */
  static final long MAX_BYTES = 1 << 20;

  private static final byte[] TABLES = {Keys.OBJECT, Keys.HISTORY, Keys.INCARNATION, Keys.PIN};

  /** Finds what is to be removed of an object of which the database shows everything. */
  static Erasure of(Database database, int namespace, ObjectId id) throws RocksDBException {
    try {
      return new Erasure(namespace, id, keys(database, namespace, id));
    } catch (RocksDBException e) {
      if (Cursor.passedTooMany(e)) {
        return new Erasure(namespace, id, null);
      }
      throw e;
    }
  }

  /** All keys if they are few, else null. */
  private static @Nullable List<byte[]> keys(Database database, int namespace, ObjectId id)
      throws RocksDBException {
    List<byte[]> keys = new ArrayList<>();
    long bytes = 0;
    for (byte table : TABLES) {
      byte[] prefix = Keys.prefix(table, namespace, id);
      try (Cursor cursor = database.passingCursor()) {
        for (boolean more = cursor.seek(prefix);
            more && Keys.startsWith(cursor.key(), prefix);
            more = cursor.next()) {
          keys.add(cursor.key());
          bytes += cursor.key().length + (long) cursor.value().length;
          if (keys.size() > MAX_KEYS || bytes > MAX_BYTES) {
            return null;
          }
        }
      }
    }
    return keys;
  }

  void addTo(BatchBuffer batch) {
    if (keys != null) {
      keys.forEach(batch::delete);
      return;
    }
    for (byte table : TABLES) {
      byte[] prefix = Keys.prefix(table, namespace, id);
      batch.deleteRange(prefix, Keys.end(prefix));
    }
  }
}
