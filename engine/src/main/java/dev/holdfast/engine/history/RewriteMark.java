// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.ObjectId;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Says that an object is becoming what it, or another one, was at some moment. Immutable.
 *
 * @param source whose past it is
 * @param to the generation at whose end it is
 * @param from the first entry that is not as it was then; null if it has not begun
 */
record RewriteMark(ObjectId source, Generation to, @Nullable EntryKey from) {
  private static final byte VERSION = 1;
  private static final int HEAD_BYTES = 1 + ObjectId.BYTES + Long.BYTES;

  /** The first of the entries that are rewritten: those about the past itself are not. */
  static final EntryKey FIRST = EntryKey.first(EntryKind.USER);

  static final EntryKey END = EntryKey.first(EntryKind.META);

  byte[] encode() {
    byte[] next = from == null ? new byte[0] : from.bytes();
    return ByteBuffer.allocate(HEAD_BYTES + next.length)
        .put(VERSION)
        .put(source.bytes())
        .putLong(to.packed())
        .put(next)
        .array();
  }

  static RewriteMark decode(byte[] bytes) {
    if (bytes.length < HEAD_BYTES || bytes[0] != VERSION) {
      throw new IllegalArgumentException(
          "a mark of %d bytes that says an object is rewritten is of no known version"
              .formatted(bytes.length));
    }
    byte[] source = Arrays.copyOfRange(bytes, 1, 1 + ObjectId.BYTES);
    Generation to =
        new Generation(ByteBuffer.wrap(bytes, 1 + ObjectId.BYTES, Long.BYTES).getLong());
    byte[] next = Arrays.copyOfRange(bytes, HEAD_BYTES, bytes.length);
    return new RewriteMark(
        ObjectId.of(source, null), to, next.length == 0 ? null : EntryKey.ofBytes(next));
  }

  /** The same, up to another entry. */
  RewriteMark from(EntryKey next) {
    return new RewriteMark(source, to, next);
  }
}
