// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Counts all objects' entries and puts the sums into their heads: after a loss was accepted, and in
 * data of the first format, which had none. Runs before anybody uses the store; may run again.
 */
final class HeadSizes {
  private static final int BATCH_BYTES = 1 << 20;

  private final Database database;
  private final BatchWriter writer;
  private BatchBuffer batch = new BatchBuffer();

  HeadSizes(Database database, BatchWriter writer) {
    this.database = database;
    this.writer = writer;
  }

  void run() throws RocksDBException {
    try (Cursor cursor = database.cursor()) {
      boolean more = cursor.seek(new byte[] {Keys.OBJECT});
      while (more && cursor.key()[0] == Keys.OBJECT) {
        byte[] object = Arrays.copyOf(cursor.key(), Keys.PREFIX);
        byte @Nullable [] headKey = null;
        Head head = Head.NONE;
        long bytes = 0;
        long kept = 0;
        while (more && Keys.startsWith(cursor.key(), object)) {
          byte[] key = cursor.key();
          if (key.length == Keys.PREFIX + 1) {
            headKey = key;
            head = Head.decode(cursor.value());
          } else {
            int space = Keys.spaceLength(key, Keys.PREFIX);
            long weight = key.length - Keys.PREFIX - space + (cursor.value().length - 8L);
            if (space == 1) {
              kept += weight;
            } else if (Keys.incarnation(key, Keys.PREFIX) == head.incarnation()) {
              bytes += weight;
            }
          }
          more = cursor.next();
        }
        if (headKey != null) {
          put(headKey, head, head.withSizes(bytes, kept));
        }
      }
    }
    flush();
  }

  private void put(byte[] key, Head before, Head after) throws RocksDBException {
    if (!after.equals(before)) {
      batch.put(key, after.encode());
      if (batch.length() > BATCH_BYTES) {
        flush();
      }
    }
  }

  private void flush() throws RocksDBException {
    if (batch.count() > 0) {
      writer.write(batch.toBytes());
      batch = new BatchBuffer();
    }
  }
}
