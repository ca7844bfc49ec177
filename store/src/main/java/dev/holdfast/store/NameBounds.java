// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import dev.holdfast.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of a range of names, as bytes of UTF-8 in their unsigned order. Immutable; the arrays
 * are not copied: do not change them.
 *
 * @param from the smallest name, inclusive
 * @param to the upper bound, exclusive; null if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record NameBounds(byte[] from, byte @Nullable [] to) {

  /** The bounds of a range, whatever its direction and limit. */
  public static NameBounds of(KeyRange range) {
    byte[] prefix = utf8(range.prefix());
    byte[] from = prefix;
    String start = range.start();
    if (start != null) {
      byte[] bytes = utf8(start);
      byte[] bound = range.startExclusive() ? Arrays.copyOf(bytes, bytes.length + 1) : bytes;
      from = Arrays.compareUnsigned(bound, from) > 0 ? bound : from;
    }
    byte[] to = beyond(prefix);
    String end = range.end();
    if (end != null) {
      byte[] bound = utf8(end);
      to = to == null || Arrays.compareUnsigned(bound, to) < 0 ? bound : to;
    }
    return new NameBounds(from, to);
  }

  /** Whether no name lies within. */
  public boolean isEmpty() {
    return to != null && Arrays.compareUnsigned(from, to) >= 0;
  }

  /** The smallest bytes beyond all that begin with a prefix; null if there are none. */
  private static byte @Nullable [] beyond(byte[] prefix) {
    for (int i = prefix.length - 1; i >= 0; i--) {
      if (prefix[i] != (byte) 0xFF) {
        byte[] end = Arrays.copyOf(prefix, i + 1);
        end[i]++;
        return end;
      }
    }
    return null;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
