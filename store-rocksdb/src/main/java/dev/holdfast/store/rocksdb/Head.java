// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.store.Generation;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the store knows about an object as a whole; written with every commit. Immutable.
 *
 * <p>On disk: flags(1) seq(8) generation(8) alarm(8) incarnation(4) bytes(8) kept bytes(8)
 * name(rest, UTF-8). The first format had no bytes.
 *
 * @param seq the number of the last commit
 * @param generation the generation of the last commit; of an object without a commit, before which
 *     it does not begin
 * @param alarm the object's alarm time in milliseconds since the epoch, or {@link #NO_ALARM}
 * @param incarnation how many times the object was cleared
 * @param bytes of keys and values of its entries that a clear removes
 * @param keptBytes of those that a clear leaves alone
 * @param name its name; null if it has none
 */
record Head(
    long seq,
    long generation,
    long alarm,
    int incarnation,
    long bytes,
    long keptBytes,
    @Nullable String name) {
  /** The alarm time of an object that has none. */
  static final long NO_ALARM = Long.MIN_VALUE;

  /** An object without a commit. */
  static final Head NONE = unborn(Generation.NONE, null);

  private static final int FIXED_BEFORE_SIZES = 1 + 8 + 8 + 8 + 4;
  private static final int FIXED = FIXED_BEFORE_SIZES + 8 + 8;
  private static final int NAMED = 1;
  private static final int SIZED = 2;

  /** An object without a commit, which may begin in that generation. */
  static Head unborn(Generation first, @Nullable String name) {
    return new Head(0, first.packed(), NO_ALARM, 0, 0, 0, name);
  }

  static Head decode(byte[] bytes) {
    boolean sized = (bytes[0] & SIZED) != 0;
    int fixed = sized ? FIXED : FIXED_BEFORE_SIZES;
    return new Head(
        Keys.longAt(bytes, 1),
        Keys.longAt(bytes, 9),
        Keys.longAt(bytes, 17),
        Keys.intAt(bytes, 25),
        sized ? Keys.longAt(bytes, 29) : 0,
        sized ? Keys.longAt(bytes, 37) : 0,
        (bytes[0] & NAMED) != 0
            ? new String(bytes, fixed, bytes.length - fixed, StandardCharsets.UTF_8)
            : null);
  }

  Head withAlarm(long millis) {
    return new Head(seq, generation, millis, incarnation, bytes, keptBytes, name);
  }

  Head withSizes(long newBytes, long newKeptBytes) {
    return new Head(seq, generation, alarm, incarnation, newBytes, newKeptBytes, name);
  }

  byte[] encode() {
    byte[] text = name == null ? new byte[0] : name.getBytes(StandardCharsets.UTF_8);
    byte[] encoded = new byte[FIXED + text.length];
    encoded[0] = (byte) (name == null ? SIZED : SIZED | NAMED);
    Keys.putLong(encoded, 1, seq);
    Keys.putLong(encoded, 9, generation);
    Keys.putLong(encoded, 17, alarm);
    Keys.putInt(encoded, 25, incarnation);
    Keys.putLong(encoded, 29, bytes);
    Keys.putLong(encoded, 37, keptBytes);
    System.arraycopy(text, 0, encoded, FIXED, text.length);
    return encoded;
  }
}
