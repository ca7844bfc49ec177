// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.ObjectId;
import dev.holdfast.StorageException;
import dev.holdfast.engine.state.DamagedRecord;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Says that an object is to become what it, or another one, was at some moment. Immutable.
 *
 * @param source whose past it is
 * @param to the generation at whose end it is; that of {@code undo} if nothing is to change
 * @param until until when that is certainly readable, exclusive, in full seconds
 * @param undo the bookmark of the moment right before; {@link Generation#NONE} if there is none
 * @param bookmark that which keeps the moment, if it is one of another object
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

  /** It had {@code source}, {@code to}, which named the bookmark too, and {@code from}. */
  private static final byte FIRST_VERSION = 1;

  private static final int FIRST_HEAD_BYTES = 1 + ObjectId.BYTES + Long.BYTES;
  private static final Instant NOT_SAID = Instant.MIN;

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

  /**
   * Reads the mark of an object; one of the first version {@linkplain #lacksTimes lacks} what it
   * did not say.
   *
   * @throws StorageException if it is no mark of a known version
   */
  static RewriteMark decode(ObjectRef object, byte[] bytes) {
    try {
      return decode(bytes);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw DamagedRecord.failure(object, "what it is to become", e);
    }
  }

  private static RewriteMark decode(byte[] bytes) {
    byte version = bytes.length == 0 ? 0 : bytes[0];
    boolean first = version == FIRST_VERSION;
    if ((!first && version != VERSION) || bytes.length < (first ? FIRST_HEAD_BYTES : HEAD_BYTES)) {
      throw new IllegalArgumentException(
          "expected a mark of version 1 or 2, found %d bytes of no known version"
              .formatted(bytes.length));
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
    byte[] id = new byte[ObjectId.BYTES];
    buffer.get(id);
    ObjectId source = ObjectId.of(id, null);
    Generation to = new Generation(buffer.getLong());
    return first
        ? new RewriteMark(source, to, NOT_SAID, Generation.NONE, to, next(buffer))
        : new RewriteMark(
            source,
            to,
            Instant.ofEpochSecond(buffer.getLong()),
            new Generation(buffer.getLong()),
            new Generation(buffer.getLong()),
            next(buffer));
  }

  /** Whether it is of the first version, which did not say {@code until} and {@code undo}. */
  boolean lacksTimes() {
    return until.equals(NOT_SAID);
  }

  /**
   * One that lacks them, with them.
   *
   * @param last the generation of the object's last commit: from the wish on, all commits were of
   *     the one that names the undoing bookmark
   */
  RewriteMark withTimes(Instant readableUntil, Generation last) {
    Generation undoing = from == null ? last : Generation.NONE;
    return new RewriteMark(source, to, readableUntil, undoing, bookmark, from);
  }

  private static @Nullable EntryKey next(ByteBuffer rest) {
    byte[] bytes = new byte[rest.remaining()];
    rest.get(bytes);
    EntryKey next = bytes.length == 0 ? null : EntryKey.ofBytes(bytes);
    if (next != null && (next.compareTo(FIRST) < 0 || next.compareTo(END) >= 0)) {
      throw new IllegalArgumentException("no entry that is rewritten comes from " + next + " on");
    }
    return next;
  }

  /** The same, up to another entry, and readable until then. */
  RewriteMark from(EntryKey next, Instant newUntil) {
    return new RewriteMark(source, to, newUntil, undo, bookmark, next);
  }
}
