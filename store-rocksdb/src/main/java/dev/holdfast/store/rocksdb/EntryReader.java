// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.RocksDBException;

/** Reads entries of one object in its latest state. Thread-safe. */
final class EntryReader {
  private EntryReader() {}

  static byte[] value(byte[] stored) {
    return Arrays.copyOfRange(stored, 8, stored.length);
  }

  /** A page as of one moment: which incarnation it shows is read from the same snapshot. */
  static ScanPage scan(Database database, int namespace, ObjectId id, ScanRange range)
      throws RocksDBException {
    Page page = new Page(range);
    byte[] headKey = Keys.head(namespace, id);
    try (Cursor cursor = database.objectCursor()) {
      if (!cursor.seek(headKey) || cursor.key().length != headKey.length) {
        return page.complete();
      }
      int incarnation = Head.decode(cursor.value()).incarnation();
      for (Stretch stretch : Stretch.of(range, incarnation)) {
        byte[] space = stretch.space();
        byte[] from = Keys.entry(namespace, id, space, stretch.from());
        byte[] to = Keys.entry(namespace, id, space, stretch.to());
        boolean more = range.reverse() ? cursor.seekBefore(to) : cursor.seek(from);
        while (more) {
          byte[] key = cursor.key();
          if (range.reverse()
              ? Arrays.compareUnsigned(key, from) < 0
              : Arrays.compareUnsigned(key, to) >= 0) {
            break;
          }
          if (!page.add(Keys.entryKey(key), value(cursor.value()))) {
            return page.cut();
          }
          more = range.reverse() ? cursor.previous() : cursor.next();
        }
      }
    }
    return page.complete();
  }

  /**
   * A part of a range that lies together on disk.
   *
   * @param space where
   * @param from the first entry key of it
   * @param to the entry key where it ends
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Stretch(byte[] space, byte[] from, byte[] to) {
    private static final byte[] META = EntryKey.first(EntryKind.META).bytes();
    private static final byte[] END = EntryKey.end(EntryKind.META).bytes();

    /** The one or two stretches of a range, in the order in which it is read. */
    static List<Stretch> of(ScanRange range, int incarnation) {
      byte[] from = range.from().bytes();
      byte[] to = range.to().bytes();
      List<Stretch> stretches = new ArrayList<>(2);
      if (Arrays.compareUnsigned(from, META) < 0) {
        stretches.add(new Stretch(Keys.space((byte) 0, incarnation), from, earlier(to, META)));
      }
      if (Arrays.compareUnsigned(to, META) > 0) {
        stretches.add(
            new Stretch(
                Keys.space(EntryKind.META.code(), incarnation),
                later(from, META),
                earlier(to, END)));
      }
      return range.reverse() ? stretches.reversed() : stretches;
    }

    private static byte[] earlier(byte[] a, byte[] b) {
      return Arrays.compareUnsigned(a, b) <= 0 ? a : b;
    }

    private static byte[] later(byte[] a, byte[] b) {
      return Arrays.compareUnsigned(a, b) >= 0 ? a : b;
    }
  }

  /** A page that fills up. */
  static final class Page {
    private final ScanRange range;
    private final List<Entry> entries = new ArrayList<>();
    private long bytes;

    Page(ScanRange range) {
      this.range = range;
    }

    /** Adds an entry; false if the page was full before. */
    boolean add(EntryKey key, byte[] value) {
      if (entries.size() >= range.maxEntries() || bytes >= range.maxBytes()) {
        return false;
      }
      entries.add(new Entry(key, value));
      bytes += key.length() + (long) value.length;
      return true;
    }

    ScanPage cut() {
      return new ScanPage(entries, false);
    }

    ScanPage complete() {
      return new ScanPage(entries, true);
    }
  }
}
