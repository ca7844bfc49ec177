// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.Bookmark;
import dev.holdfast.StorageException;
import dev.holdfast.engine.state.DamagedRecord;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * What an object keeps of a bookmark that it has handed out. Immutable.
 *
 * @param until until when it is good, exclusive, in full seconds
 * @param end the generation at whose end it is; {@link Generation#NONE} while that is not known,
 *     because the object is still to go back
 */
public record HandedOut(Instant until, Generation end) {

  boolean isGood(Instant now) {
    return now.isBefore(until);
  }

  /** Whether its moment has not come: it is the one right before the object goes back. */
  public boolean isAwaited() {
    return end.equals(Generation.NONE);
  }

  /** For a bookmark that names its own generation, the time is enough. */
  byte[] encode(Generation bookmark) {
    ByteBuffer bytes = ByteBuffer.allocate(end.equals(bookmark) ? Long.BYTES : 2 * Long.BYTES);
    bytes.putLong(until.getEpochSecond());
    if (bytes.hasRemaining()) {
      bytes.putLong(end.packed());
    }
    return bytes.array();
  }

  /**
   * What an object keeps of that bookmark.
   *
   * @throws StorageException if it is something else
   */
  static HandedOut decode(ObjectRef object, Generation bookmark, byte[] bytes) {
    try {
      if (bytes.length != Long.BYTES && bytes.length != 2 * Long.BYTES) {
        throw new IllegalArgumentException("expected 8 or 16 bytes, found " + bytes.length);
      }
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      Instant until = Instant.ofEpochSecond(buffer.getLong());
      return new HandedOut(
          until, buffer.hasRemaining() ? new Generation(buffer.getLong()) : bookmark);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw DamagedRecord.failure(
          object, "its bookmark " + Bookmark.of(bookmark.packed(), object.id()), e);
    }
  }
}
