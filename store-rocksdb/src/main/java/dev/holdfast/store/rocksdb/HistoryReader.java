// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Reads entries of one object as they were at the end of a generation g. One thread, one read.
 *
 * <p>Which version of an entry counts: the current one if it was written in g or before; else the
 * one that was superseded first after g, if it was written in g or before; else the entry was
 * absent. Entries that a later commit cleared lie in the space of the incarnation that was current
 * at the end of g: the first one that ended after g, or the latest.
 */
final class HistoryReader implements AutoCloseable {
  private final int namespace;
  private final ObjectId id;
  private final long generation;
  private final Database.Moment moment;
  private final Cursor cursor;

  HistoryReader(Database database, int namespace, ObjectId id, long generation) {
    this.namespace = namespace;
    this.id = id;
    this.generation = generation;
    this.moment = database.moment();
    this.cursor = moment.cursor();
  }

  byte @Nullable [] get(EntryKey key) throws RocksDBException {
    byte[] bytes = key.bytes();
    byte[] space = Keys.space(bytes[0], bytes[0] == EntryKind.META.code() ? 0 : incarnation());
    byte[] current = Keys.entry(namespace, id, space, bytes);
    if (cursor.seek(current) && Arrays.equals(cursor.key(), current)) {
      byte[] stored = cursor.value();
      if (Keys.longAt(stored, 0) <= generation) {
        return EntryReader.value(stored);
      }
    }
    return superseded(space, bytes);
  }

  /** The version that was superseded first after the generation, if it was there by then. */
  private byte @Nullable [] superseded(byte[] space, byte[] entryKey) throws RocksDBException {
    byte[] from = Keys.history(namespace, id, space, entryKey, generation + 1);
    if (cursor.seek(from)) {
      byte[] key = cursor.key();
      if (key.length == from.length
          && Arrays.equals(key, 0, key.length - 8, from, 0, key.length - 8)) {
        byte[] stored = cursor.value();
        if (Keys.longAt(stored, 0) <= generation) {
          return EntryReader.value(stored);
        }
      }
    }
    return null;
  }

  private int incarnation() throws RocksDBException {
    byte[] ended = Keys.formerIncarnation(namespace, id, generation + 1, 0);
    if (cursor.seek(ended) && Keys.startsWith(cursor.key(), Arrays.copyOf(ended, Keys.PREFIX))) {
      return Keys.intAt(cursor.key(), Keys.PREFIX + 8);
    }
    byte[] head = Keys.head(namespace, id);
    return cursor.seek(head) && Arrays.equals(cursor.key(), head)
        ? Head.decode(cursor.value()).incarnation()
        : 0;
  }

  ScanPage scan(ScanRange range) throws RocksDBException {
    EntryReader.Page page = new EntryReader.Page(range);
    try (Cursor entries = moment.cursor();
        Cursor versions = moment.cursor()) {
      for (EntryReader.Stretch stretch : EntryReader.Stretch.of(range, incarnation())) {
        KeyWalk keys = new KeyWalk(entries, versions, stretch, range.reverse());
        for (EntryKey key = keys.first(); key != null; key = keys.next()) {
          byte[] value = keys.currentValue();
          if (value == null) {
            value = superseded(stretch.space(), key.bytes());
          }
          if (value != null && !page.add(key, value)) {
            return page.cut();
          }
        }
      }
    }
    return page.complete();
  }

  /** All keys of a stretch that have a current entry or a superseded version, in order. */
  private final class KeyWalk {
    private final Cursor entries;
    private final Cursor versions;
    private final byte[] space;
    private final boolean reverse;
    private final byte[] entriesFrom;
    private final byte[] entriesTo;
    private final byte[] versionsFrom;
    private final byte[] versionsTo;
    private @Nullable EntryKey entry;
    private @Nullable EntryKey version;
    private @Nullable EntryKey at;

    KeyWalk(Cursor entries, Cursor versions, EntryReader.Stretch stretch, boolean reverse) {
      this.entries = entries;
      this.versions = versions;
      this.space = stretch.space();
      this.reverse = reverse;
      this.entriesFrom = Keys.entry(namespace, id, space, stretch.from());
      this.entriesTo = Keys.entry(namespace, id, space, stretch.to());
      this.versionsFrom = Keys.historyFrom(namespace, id, space, stretch.from());
      this.versionsTo = Keys.historyFrom(namespace, id, space, stretch.to());
    }

    @Nullable EntryKey first() throws RocksDBException {
      entry = entryAt(reverse ? entries.seekBefore(entriesTo) : entries.seek(entriesFrom));
      version = versionAt(reverse ? versions.seekBefore(versionsTo) : versions.seek(versionsFrom));
      return settle();
    }

    @Nullable EntryKey next() throws RocksDBException {
      EntryKey last = at;
      if (last == null) {
        return null;
      }
      if (Objects.equals(last, entry)) {
        entry = entryAt(reverse ? entries.previous() : entries.next());
      }
      if (Objects.equals(last, version)) {
        // Over all its versions at once: there may be thousands.
        byte[] all = Keys.historyPrefix(namespace, id, space, last.bytes(), 0);
        version = versionAt(reverse ? versions.seekBefore(all) : versions.seek(Keys.end(all)));
      }
      return settle();
    }

    /** The value of the current entry under the key, if it was written in time. */
    byte @Nullable [] currentValue() {
      if (at == null || !Objects.equals(at, entry)) {
        return null;
      }
      byte[] stored = entries.value();
      return Keys.longAt(stored, 0) <= generation ? EntryReader.value(stored) : null;
    }

    private @Nullable EntryKey settle() {
      if (entry == null || version == null) {
        at = entry == null ? version : entry;
      } else {
        at = entry.compareTo(version) <= 0 != reverse ? entry : version;
      }
      return at;
    }

    private @Nullable EntryKey entryAt(boolean found) {
      return found && within(entries.key(), entriesFrom, entriesTo)
          ? Keys.entryKey(entries.key())
          : null;
    }

    private @Nullable EntryKey versionAt(boolean found) {
      return found && within(versions.key(), versionsFrom, versionsTo)
          ? Keys.historyEntryKey(versions.key())
          : null;
    }

    private static boolean within(byte[] key, byte[] from, byte[] to) {
      return Arrays.compareUnsigned(key, from) >= 0 && Arrays.compareUnsigned(key, to) < 0;
    }
  }

  @Override
  public void close() {
    cursor.close();
    moment.close();
  }
}
