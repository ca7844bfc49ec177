// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import dev.holdfast.store.Generation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the store consistent again after a data file was given up: its records of different kinds
 * lay in different files, so an object may have entries and no head, a head and no place in the
 * directory, an alarm that its head does not know.
 *
 * <p>What is left of an object stays readable. An object that lost its head, or has entries that
 * are younger than its head, gets a head that is younger than all of them; its seq is made from the
 * present time, so that it is beyond every seq that the object had: those are in keys and must not
 * come again.
 *
 * <p>Runs before anybody uses the store; may run again from the beginning.
 */
final class Salvage {
  private static final Logger LOG = LoggerFactory.getLogger(Salvage.class);
  private static final int BATCH_BYTES = 1 << 20;

  /** An object that makes no more than a million commits a second has no seq beyond this. */
  private static final int SEQS_PER_SECOND_BITS = 20;

  private final Database database;
  private final BatchWriter writer;
  private final long nowSecond;
  private final Map<String, Integer> counts = new HashMap<>();
  private BatchBuffer batch = new BatchBuffer();

  Salvage(Database database, BatchWriter writer, long nowSecond) {
    this.database = database;
    this.writer = writer;
    this.nowSecond = nowSecond;
  }

  void run() throws RocksDBException {
    heads();
    flush();
    directory();
    flush();
    alarms();
    flush();
    LOG.warn("after the loss of data files was accepted: {}", counts);
  }

  // ---- heads

  private void heads() throws RocksDBException {
    byte[] table = {Keys.OBJECT};
    try (Cursor cursor = database.cursor()) {
      boolean more = cursor.seek(table);
      while (more && cursor.key()[0] == Keys.OBJECT) {
        byte[] object = Arrays.copyOf(cursor.key(), Keys.PREFIX);
        Head head = null;
        long youngest = 0;
        int incarnation = 0;
        while (more && Keys.startsWith(cursor.key(), object)) {
          byte[] key = cursor.key();
          if (key.length == Keys.PREFIX + 1) {
            head = Head.decode(cursor.value());
          } else {
            youngest = Math.max(youngest, Keys.longAt(cursor.value(), 0));
            if (Keys.spaceLength(key, Keys.PREFIX) > 1) {
              incarnation = Math.max(incarnation, Keys.incarnation(key, Keys.PREFIX));
            }
          }
          more = cursor.next();
        }
        if (head == null || head.generation() < youngest || head.incarnation() < incarnation) {
          mend(object, head, youngest, incarnation);
        }
      }
    }
  }

  private void mend(byte[] object, @Nullable Head head, long youngest, int incarnation)
      throws RocksDBException {
    int namespace = Keys.intAt(object, 1);
    ObjectId id = Keys.id(object, 5, null);
    Head known = head == null ? Head.NONE : head;
    put(
        "objects with a new head",
        Keys.head(namespace, id),
        new Head(
                Math.max(known.seq() + 1, nowSecond << SEQS_PER_SECOND_BITS),
                Math.max(known.generation(), youngest),
                known.alarm(),
                Math.max(known.incarnation(), Math.max(incarnation, former(object) + 1)),
                0, // counted afterwards
                0,
                head == null ? directoryName(namespace, id) : head.name())
            .encode());
  }

  /** The last incarnation that is known to have ended; -1 if none is. */
  private int former(byte[] object) throws RocksDBException {
    byte[] prefix = object.clone();
    prefix[0] = Keys.INCARNATION;
    try (Cursor cursor = database.cursor()) {
      return cursor.seekBefore(Keys.end(prefix)) && Keys.startsWith(cursor.key(), prefix)
          ? Keys.intAt(cursor.key(), Keys.PREFIX + 8)
          : -1;
    }
  }

  private @Nullable String directoryName(int namespace, ObjectId id) throws RocksDBException {
    byte[] entry = database.get(Keys.directoryById(namespace, id));
    return entry == null ? null : DirectoryRecords.name(entry);
  }

  // ---- directory

  private void directory() throws RocksDBException {
    try (Cursor cursor = database.cursor()) {
      boolean more = cursor.seek(new byte[] {Keys.DIRECTORY});
      while (more && cursor.key()[0] == Keys.DIRECTORY) {
        byte[] key = cursor.key();
        if (database.get(Keys.head(Keys.intAt(key, 1), Keys.id(key, 5, null))) == null) {
          delete("objects of which nothing is left", key);
        }
        more = cursor.next();
      }
      more = cursor.seek(new byte[] {Keys.NAME});
      while (more && cursor.key()[0] == Keys.NAME) {
        byte[] key = cursor.key();
        byte[] head = database.get(Keys.head(Keys.intAt(key, 1), Keys.id(cursor.value(), 8, null)));
        if (head == null) {
          delete("names of which nothing is left", key);
        }
        more = cursor.next();
      }
      more = cursor.seek(new byte[] {Keys.OBJECT});
      while (more && cursor.key()[0] == Keys.OBJECT) {
        byte[] key = cursor.key();
        enter(Keys.intAt(key, 1), Keys.id(key, 5, null), Head.decode(cursor.value()));
        more = cursor.seek(Keys.end(Arrays.copyOf(key, Keys.PREFIX)));
      }
    }
  }

  /** Enters an object into the indexes that do not have it. */
  private void enter(int namespace, ObjectId id, Head head) throws RocksDBException {
    long created = new Generation(head.generation()).second();
    if (database.get(Keys.directoryById(namespace, id)) == null) {
      put(
          "objects entered into the directory",
          Keys.directoryById(namespace, id),
          DirectoryRecords.byId(created, head.name()));
    }
    String name = head.name();
    if (name != null) {
      byte[] key = Keys.directoryByName(namespace, name.getBytes(StandardCharsets.UTF_8));
      if (database.get(key) == null) {
        put("names entered into the directory", key, DirectoryRecords.byName(created, id));
      }
    }
    if (head.alarm() != Head.NO_ALARM) {
      byte[] key = Keys.alarm(head.alarm(), namespace, id);
      if (database.get(key) == null) {
        put("alarms entered into the index", key, DirectoryRecords.flagged(head.name()));
      }
    }
  }

  // ---- alarms

  private void alarms() throws RocksDBException {
    try (Cursor cursor = database.cursor()) {
      boolean more = cursor.seek(new byte[] {Keys.ALARM});
      while (more && cursor.key()[0] == Keys.ALARM) {
        byte[] key = cursor.key();
        long at = Keys.alarmMillis(key);
        byte[] headKey = Keys.head(Keys.intAt(key, 9), Keys.id(key, 13, null));
        byte[] stored = database.get(headKey);
        Head head = stored == null ? null : Head.decode(stored);
        if (head != null && head.alarm() == Head.NO_ALARM) {
          put("alarms given back to their objects", headKey, head.withAlarm(at).encode());
          // The next alarm may be of the same object.
          flush();
        } else if (head == null || head.alarm() != at) {
          delete("alarms without their object", key);
        }
        more = cursor.next();
      }
    }
  }

  // ---- writing

  private void put(String what, byte[] key, byte[] value) throws RocksDBException {
    counts.merge(what, 1, Integer::sum);
    batch.put(key, value);
    flushIfFull();
  }

  private void delete(String what, byte[] key) throws RocksDBException {
    counts.merge(what, 1, Integer::sum);
    batch.delete(key);
    flushIfFull();
  }

  private void flushIfFull() throws RocksDBException {
    if (batch.length() > BATCH_BYTES) {
      flush();
    }
  }

  private void flush() throws RocksDBException {
    if (batch.count() > 0) {
      writer.write(batch.toBytes());
      batch = new BatchBuffer();
    }
  }
}
