// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.files;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a file that follow each other, RFC 9110 section 14. Immutable.
 *
 * @param first where they begin, from 0
 * @param length how many they are
 */
record ByteRange(long first, long length) {
  private static final Pattern ONE = Pattern.compile("bytes=\\s*([0-9]*)-([0-9]*)\\s*");

  /** Longer numbers than this are beyond the end of any file. */
  private static final int MAX_DIGITS = 18;

  static ByteRange whole(long size) {
    return new ByteRange(0, size);
  }

  /**
   * The part of a file that a Range field asks for.
   *
   * @return null if the field is to be ignored, as it is not one range of bytes; empty if no byte
   *     of the file is in it
   */
  static @Nullable ByteRange parse(String field, long size) {
    Matcher one = ONE.matcher(field.strip().toLowerCase(Locale.ROOT));
    if (!one.matches()) {
      return null;
    }
    String from = one.group(1);
    String to = one.group(2);
    if (from.isEmpty()) {
      if (to.isEmpty()) {
        return null;
      }
      long last = Math.min(number(to), size);
      return new ByteRange(size - last, last);
    }
    long first = number(from);
    long last = to.isEmpty() ? Long.MAX_VALUE : number(to);
    if (last < first) {
      return null;
    }
    return first >= size
        ? new ByteRange(size, 0)
        : new ByteRange(first, Math.min(last, size - 1) - first + 1);
  }

  private static long number(String digits) {
    return digits.length() > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(digits);
  }

  boolean isEmpty() {
    return length == 0;
  }

  /** The value of Content-Range for this part of a file. */
  String field(long size) {
    return "bytes %d-%d/%d".formatted(first, first + length - 1, size);
  }
}
