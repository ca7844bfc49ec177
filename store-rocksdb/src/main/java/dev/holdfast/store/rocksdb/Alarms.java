// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import dev.holdfast.store.DueAlarm;
import dev.holdfast.store.ObjectRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rocksdb.RocksDBException;

/** Reads the index of objects by alarm time. */
final class Alarms {
  private static final byte[] PREFIX = {Keys.ALARM};

  private Alarms() {}

  /** Those not after {@code now}, earliest first. */
  static List<DueAlarm> due(Session session, long now, int limit) throws RocksDBException {
    List<DueAlarm> due = new ArrayList<>();
    try (Cursor cursor = session.database.cursor()) {
      boolean more = cursor.seek(PREFIX);
      while (more && due.size() < limit && Keys.startsWith(cursor.key(), PREFIX)) {
        byte[] key = cursor.key();
        long at = Keys.alarmMillis(key);
        if (at > now) {
          break;
        }
        String namespace = session.namespaces.name(Keys.intAt(key, 9));
        if (namespace != null) {
          ObjectId id = Keys.id(key, 13, DirectoryRecords.unflagged(cursor.value(), 0));
          due.add(new DueAlarm(new ObjectRef(namespace, id), Instant.ofEpochMilli(at)));
        }
        more = cursor.next();
      }
    }
    return due;
  }

  /** The earliest of those that {@link #due} would list in time. */
  static Optional<Instant> next(Session session) throws RocksDBException {
    List<DueAlarm> first = due(session, Long.MAX_VALUE, 1);
    return first.isEmpty() ? Optional.empty() : Optional.of(first.getFirst().at());
  }
}
