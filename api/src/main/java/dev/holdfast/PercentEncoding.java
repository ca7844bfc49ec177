// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The percent escapes of URLs, over UTF-8. */
final class PercentEncoding {
  private PercentEncoding() {}

  /**
   * The text with every escape replaced by what it stands for.
   *
   * @throws IllegalArgumentException if an escape is not {@code %} and two hexadecimal digits, or
   *     the result is not UTF-8
   */
  static String decode(String raw) {
    int first = raw.indexOf('%');
    if (first < 0) {
      return raw;
    }
    byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
    int to = 0;
    for (int from = 0; from < bytes.length; from++) {
      if (bytes[from] != '%') {
        bytes[to++] = bytes[from];
        continue;
      }
      int high = from + 2 < bytes.length ? digit(bytes[from + 1]) : -1;
      int low = high >= 0 ? digit(bytes[from + 2]) : -1;
      if (low < 0) {
        throw new IllegalArgumentException("bad percent escape in '" + raw + "'");
      }
      bytes[to++] = (byte) (high * 16 + low);
      from += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, to)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("'" + raw + "' is not UTF-8 once decoded", e);
    }
  }

  /** The value of a hexadecimal digit in ASCII; -1 for anything else. */
  private static int digit(byte c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
