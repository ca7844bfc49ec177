// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.KeyRange;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.ScanRange;
import java.util.Arrays;

/** Turns ranges of user keys into ranges of entry keys. */
final class RangeEncoding {
  private static final EntryKey LAST = EntryKey.end(EntryKind.USER);

  private RangeEncoding() {}

  /** A range whose entries may take any number of bytes. */
  static ScanRange encode(KeyRange range) {
    return encode(range, Long.MAX_VALUE);
  }

  /** A range of which no more is read once that many bytes are. */
  static ScanRange encode(KeyRange range, long maxBytes) {
    byte[] prefix = KeyEncoding.utf8(range.prefix());
    EntryKey from = EntryKey.of(EntryKind.USER, prefix);
    EntryKey to = endOfPrefix(prefix);
    String start = range.start();
    if (start != null) {
      EntryKey bound = EntryKey.of(EntryKind.USER, KeyEncoding.utf8(start));
      from = later(from, range.startExclusive() ? bound.successor() : bound);
    }
    String end = range.end();
    if (end != null) {
      EntryKey bound = EntryKey.of(EntryKind.USER, KeyEncoding.utf8(end));
      to = bound.compareTo(to) < 0 ? bound : to;
    }
    return new ScanRange(from, to, range.reversed(), range.limit(), maxBytes);
  }

  /**
   * The smallest key beyond all that begin with {@code prefix}. UTF-8 has no byte 0xff to carry.
   */
  private static EntryKey endOfPrefix(byte[] prefix) {
    if (prefix.length == 0) {
      return LAST;
    }
    byte[] end = Arrays.copyOf(prefix, prefix.length);
    end[end.length - 1]++;
    return EntryKey.of(EntryKind.USER, end);
  }

  private static EntryKey later(EntryKey a, EntryKey b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
