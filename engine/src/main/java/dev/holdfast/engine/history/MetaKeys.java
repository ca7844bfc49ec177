// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ScanRange;
import java.nio.ByteBuffer;

/** Where an object keeps what it must know about its past. */
final class MetaKeys {
  private static final byte BOOKMARK = 'b';

  /** Where it is said that the object goes back. */
  static final EntryKey REWRITE = EntryKey.of(EntryKind.META, new byte[] {'r'});

  /** Where it is noted that the last commit changed nothing but what is kept about the object. */
  static final EntryKey UNCHANGED = EntryKey.of(EntryKind.META, new byte[] {'u'});

  /** Where all bookmarks are, of which there are few. */
  static final ScanRange BOOKMARKS =
      new ScanRange(
          EntryKey.of(EntryKind.META, new byte[] {BOOKMARK}),
          EntryKey.of(EntryKind.META, new byte[] {BOOKMARK + 1}),
          false,
          Integer.MAX_VALUE,
          Long.MAX_VALUE);

  private MetaKeys() {}

  static EntryKey bookmark(Generation generation) {
    return EntryKey.of(
        EntryKind.META,
        ByteBuffer.allocate(1 + Long.BYTES).put(BOOKMARK).putLong(generation.packed()).array());
  }

  static Generation generation(EntryKey bookmark) {
    return new Generation(ByteBuffer.wrap(bookmark.bytes(), 2, Long.BYTES).getLong());
  }
}
