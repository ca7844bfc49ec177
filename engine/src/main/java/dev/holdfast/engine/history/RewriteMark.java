// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Says that an object goes back. Immutable.
 *
 * @param to the generation whose end it goes back to
 * @param from the first entry that is not as it was then; null if it has not begun
 */
record RewriteMark(Generation to, @Nullable EntryKey from) {
  private static final byte VERSION = 1;

  /** The first of the entries that go back: those about the past itself do not. */
  static final EntryKey FIRST = EntryKey.first(EntryKind.USER);

  static final EntryKey END = EntryKey.first(EntryKind.META);

  byte[] encode() {
    byte[] next = from == null ? new byte[0] : from.bytes();
    return ByteBuffer.allocate(1 + Long.BYTES + next.length)
        .put(VERSION)
        .putLong(to.packed())
        .put(next)
        .array();
  }

  static RewriteMark decode(byte[] bytes) {
    if (bytes.length < 1 + Long.BYTES || bytes[0] != VERSION) {
      throw new IllegalArgumentException(
          "a mark of %d bytes that says an object goes back is of no known version"
              .formatted(bytes.length));
    }
    Generation to = new Generation(ByteBuffer.wrap(bytes, 1, Long.BYTES).getLong());
    byte[] next = Arrays.copyOfRange(bytes, 1 + Long.BYTES, bytes.length);
    return new RewriteMark(to, next.length == 0 ? null : EntryKey.ofBytes(next));
  }
}
