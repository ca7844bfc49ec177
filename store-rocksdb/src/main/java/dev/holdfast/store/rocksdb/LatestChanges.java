// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import dev.holdfast.store.Generation;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.rocksdb.RocksDBException;

/**
 * The latest generations in which an object was changed, as all its entries and their superseded
 * versions tell; those of the kind META do not count. Keeps no more of them than were asked for.
 * One thread, one read.
 */
final class LatestChanges {
  private final long before;
  private final int limit;
  private final TreeSet<Long> latest = new TreeSet<>();

  /** At most {@code limit} generations before that one. */
  LatestChanges(Generation before, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("asked for " + limit + " changes, which is none");
    }
    this.before = before.packed();
    this.limit = limit;
  }

  List<Generation> read(Database database, int namespace, ObjectId id) throws RocksDBException {
    try (Database.Moment moment = database.moment();
        Cursor cursor = moment.cursor()) {
      // Entries of former incarnations are superseded versions too, until they are pruned.
      byte[] entries = cleared(Keys.prefix(Keys.OBJECT, namespace, id));
      for (boolean more = cursor.seek(entries);
          more && Keys.startsWith(cursor.key(), entries);
          more = cursor.next()) {
        add(Keys.longAt(cursor.value(), 0));
      }
      byte[] versions = cleared(Keys.prefix(Keys.HISTORY, namespace, id));
      for (boolean more = cursor.seek(versions);
          more && Keys.startsWith(cursor.key(), versions);
          more = cursor.next()) {
        add(Keys.longAt(cursor.value(), 0));
        add(Keys.superseded(cursor.key()));
      }
      byte[] incarnations = Keys.prefix(Keys.INCARNATION, namespace, id);
      for (boolean more = cursor.seek(incarnations);
          more && Keys.startsWith(cursor.key(), incarnations);
          more = cursor.next()) {
        add(Keys.longAt(cursor.key(), Keys.PREFIX));
      }
    }
    return latest.descendingSet().stream().map(Generation::new).toList();
  }

  /** What the keys of all entries begin with that a clear removes. */
  private static byte[] cleared(byte[] object) {
    byte[] prefix = Arrays.copyOf(object, object.length + 1);
    prefix[object.length] = Keys.SPACE_CLEARED;
    return prefix;
  }

  private void add(long generation) {
    if (generation >= before || (latest.size() == limit && generation <= latest.first())) {
      return;
    }
    if (latest.add(generation) && latest.size() > limit) {
      latest.pollFirst();
    }
  }
}
