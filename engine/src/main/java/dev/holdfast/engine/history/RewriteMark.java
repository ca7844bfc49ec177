// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.ObjectId;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Says that an object is to become what it, or another one, was at some moment. Immutable.
 *
 * @param source whose past it is
 * @param to the generation at whose end it is; that of {@code undo} if nothing is to change
 * @param until until when that is certainly readable, exclusive, in full seconds
 * @param undo the bookmark of the moment right before; {@link Generation#NONE} if there is none
 * @param bookmark the one of {@code source} that names the moment
 * @param from the first entry that is not as it was then; null if it has not begun
 */
record RewriteMark(
    ObjectId source,
    Generation to,
    Instant until,
    Generation undo,
    Generation bookmark,
    @Nullable EntryKey from) {
  private static final byte VERSION = 2;
  private static final int HEAD_BYTES = 1 + ObjectId.BYTES + 4 * Long.BYTES;

  /** The first of the entries that are rewritten: those about the past itself are not. */
  static final EntryKey FIRST = EntryKey.first(EntryKind.USER);

  static final EntryKey END = EntryKey.first(EntryKind.META);

  /** An object is to become what another one was at a moment that has a bookmark. */
  static RewriteMark fork(ObjectId source, Generation bookmark, HandedOut then) {
    return new RewriteMark(source, then.end(), then.until(), Generation.NONE, bookmark, null);
  }

  byte[] encode() {
    byte[] next = from == null ? new byte[0] : from.bytes();
    return ByteBuffer.allocate(HEAD_BYTES + next.length)
        .put(VERSION)
        .put(source.bytes())
        .putLong(to.packed())
        .putLong(until.getEpochSecond())
        .putLong(undo.packed())
        .putLong(bookmark.packed())
        .put(next)
        .array();
  }

  static RewriteMark decode(byte[] bytes) {
    if (bytes.length < HEAD_BYTES || bytes[0] != VERSION) {
      throw new IllegalArgumentException(
          "a mark of %d bytes that says an object is rewritten is of no known version"
              .formatted(bytes.length));
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 1 + ObjectId.BYTES, 4 * Long.BYTES);
    byte[] source = Arrays.copyOfRange(bytes, 1, 1 + ObjectId.BYTES);
    byte[] next = Arrays.copyOfRange(bytes, HEAD_BYTES, bytes.length);
    return new RewriteMark(
        ObjectId.of(source, null),
        new Generation(buffer.getLong()),
        Instant.ofEpochSecond(buffer.getLong()),
        new Generation(buffer.getLong()),
        new Generation(buffer.getLong()),
        next.length == 0 ? null : EntryKey.ofBytes(next));
  }

  /** The same, up to another entry, and readable until then. */
  RewriteMark from(EntryKey next, Instant newUntil) {
    return new RewriteMark(source, to, newUntil, undo, bookmark, next);
  }
}
