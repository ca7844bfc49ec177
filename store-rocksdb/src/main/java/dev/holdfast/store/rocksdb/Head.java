// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the store knows about an object as a whole; written with every commit. Immutable.
 *
 * <p>On disk: flags(1) seq(8) generation(8) alarm(8) incarnation(4) name(rest, UTF-8).
 *
 * @param seq the number of the last commit
 * @param generation the generation of the last commit
 * @param alarm the object's alarm time in milliseconds since the epoch, or {@link #NO_ALARM}
 * @param incarnation how many times the object was cleared
 * @param name its name; null if it has none
 */
record Head(long seq, long generation, long alarm, int incarnation, @Nullable String name) {
  /** The alarm time of an object that has none. */
  static final long NO_ALARM = Long.MIN_VALUE;

  /** An object without a commit. */
  static final Head NONE = new Head(0, 0, NO_ALARM, 0, null);

  private static final int FIXED = 1 + 8 + 8 + 8 + 4;
  private static final byte NAMED = 1;

  static Head decode(byte[] bytes) {
    return new Head(
        Keys.longAt(bytes, 1),
        Keys.longAt(bytes, 9),
        Keys.longAt(bytes, 17),
        Keys.intAt(bytes, 25),
        bytes[0] == NAMED
            ? new String(bytes, FIXED, bytes.length - FIXED, StandardCharsets.UTF_8)
            : null);
  }

  byte[] encode() {
    byte[] text = name == null ? new byte[0] : name.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[FIXED + text.length];
    bytes[0] = name == null ? 0 : NAMED;
    Keys.putLong(bytes, 1, seq);
    Keys.putLong(bytes, 9, generation);
    Keys.putLong(bytes, 17, alarm);
    Keys.putInt(bytes, 25, incarnation);
    System.arraycopy(text, 0, bytes, FIXED, text.length);
    return bytes;
  }
}
