// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import dev.holdfast.store.Entry;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDBException;

/**
 * An object as it lies on disk: its head, and its entries if they are few.
 *
 * @param head its head; {@link Head#NONE} if there is none
 * @param entries its entries in key order if {@code whole}, else none
 * @param whole whether the entries are all there is
 */
record StoredObject(Head head, List<Entry> entries, boolean whole) {
  /** An object with more entries is not read whole. */
  static final int SMALL_ENTRIES = 128;

  /** An object with more bytes of keys and values is not read whole. */
  static final int SMALL_BYTES = 64 << 10;

  private static final StoredObject NONE = new StoredObject(Head.NONE, List.of(), true);

  /** Reads an object by one seek: head and entries lie side by side. */
  static StoredObject read(Database database, int namespace, ObjectId id) throws RocksDBException {
    if (namespace == 0) {
      return NONE;
    }
    byte[] headKey = Keys.head(namespace, id);
    Head head;
    try (Cursor cursor = database.objectCursor()) {
      if (!cursor.seek(headKey) || cursor.key().length != headKey.length) {
        return NONE;
      }
      head = Head.decode(cursor.value());
      return entries(cursor, head);
    }
  }

  private static StoredObject entries(Cursor cursor, Head head) throws RocksDBException {
    List<Entry> kept = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    long bytes = 0;
    while (cursor.next()) {
      byte[] key = cursor.key();
      boolean cleared = Keys.spaceLength(key, Keys.PREFIX) > 1;
      if (cleared && Keys.incarnation(key, Keys.PREFIX) != head.incarnation()) {
        break;
      }
      Entry entry = new Entry(Keys.entryKey(key), EntryReader.value(cursor.value()));
      bytes += entry.key().length() + (long) entry.value().length;
      (cleared ? entries : kept).add(entry);
      if (entries.size() + kept.size() > SMALL_ENTRIES || bytes > SMALL_BYTES) {
        return new StoredObject(head, List.of(), false);
      }
    }
    entries.addAll(kept);
    return new StoredObject(head, entries, true);
  }
}
