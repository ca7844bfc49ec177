// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.store.Generation;
import java.nio.ByteBuffer;
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

  static HandedOut decode(Generation bookmark, byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    Instant until = Instant.ofEpochSecond(buffer.getLong());
    return new HandedOut(
        until, buffer.hasRemaining() ? new Generation(buffer.getLong()) : bookmark);
  }
}
