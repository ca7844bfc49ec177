// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The short cut for a value that is one integer, double, boolean, text or byte string, which most
 * values are: the same CBOR that {@link Form}s write, without a generator or a parser. Allocates
 * the result and nothing else, for text in ASCII at least.
 *
 * <p>It is only a short cut: what it does not know, it leaves to the forms by returning null, also
 * damaged bytes.
 */
final class Scalars {
  private static final int UNSIGNED = 0x00;
  private static final int NEGATIVE = 0x20;
  private static final int BYTES = 0x40;
  private static final int TEXT = 0x60;
  private static final byte FALSE = (byte) 0xf4;
  private static final byte TRUE = (byte) 0xf5;
  private static final byte NULL = (byte) 0xf6;
  private static final byte DOUBLE = (byte) 0xfb;

  private Scalars() {}

  /** The bytes of {@code value}, or null if it is not of a type known here. */
  static byte @Nullable [] encode(Object value) {
    return switch (value) {
      case Long number -> integer(number);
      case String text -> text(text);
      case Integer number -> integer(number);
      case Boolean flag -> new byte[] {flag ? TRUE : FALSE};
      case Double number -> floating(number);
      case byte[] bytes -> bytes(bytes);
      default -> null;
    };
  }

  static byte[] encodeNull() {
    return new byte[] {NULL};
  }

  /** The value of {@code bytes}, or null if they are not in order, or {@code type} not known. */
  static @Nullable Object decode(byte[] bytes, Type type) {
    if (bytes.length == 0) {
      return null;
    }
    if (type == Long.class || type == long.class) {
      return isInteger(bytes) ? (Object) integer(bytes) : null;
    }
    if (type == String.class) {
      return payload(bytes, TEXT) ? text(bytes) : null;
    }
    if (type == Integer.class || type == int.class) {
      return isInteger(bytes) ? narrow(integer(bytes)) : null;
    }
    if (type == Boolean.class || type == boolean.class) {
      return flag(bytes);
    }
    if (type == Double.class || type == double.class) {
      return bytes.length == 9 && bytes[0] == DOUBLE
          ? (Object) Double.longBitsToDouble(bigEndian(bytes, 1, 8))
          : null;
    }
    if (type == byte[].class) {
      return payload(bytes, BYTES)
          ? Arrays.copyOfRange(bytes, headLength(bytes), bytes.length)
          : null;
    }
    return null;
  }

  private static byte[] integer(long value) {
    int major = value < 0 ? NEGATIVE : UNSIGNED;
    long argument = value < 0 ? ~value : value;
    int head = headLength(argument);
    byte[] bytes = new byte[head];
    putHead(bytes, major, argument, head);
    return bytes;
  }

  private static byte[] floating(double value) {
    byte[] bytes = new byte[9];
    bytes[0] = DOUBLE;
    putBigEndian(bytes, Double.doubleToRawLongBits(value), 8);
    return bytes;
  }

  private static byte[] bytes(byte[] payload) {
    return withHead(BYTES, payload);
  }

  // The deprecated copy takes the low byte of each char, which for ASCII is its UTF-8.
  @SuppressWarnings("deprecation")
  private static byte[] text(String text) {
    int length = text.length();
    int asciiEnd = 0;
    while (asciiEnd < length && text.charAt(asciiEnd) < 0x80) {
      asciiEnd++;
    }
    if (asciiEnd == length) {
      int head = headLength(length);
      byte[] bytes = new byte[head + length];
      putHead(bytes, TEXT, length, head);
      text.getBytes(0, length, bytes, head);
      return bytes;
    }
    return Texts.isUnicode(text)
        ? withHead(TEXT, text.getBytes(StandardCharsets.UTF_8))
        : withHead(BYTES, Texts.codeUnits(text));
  }

  private static byte[] withHead(int major, byte[] payload) {
    int head = headLength(payload.length);
    byte[] bytes = new byte[head + payload.length];
    putHead(bytes, major, payload.length, head);
    System.arraycopy(payload, 0, bytes, head, payload.length);
    return bytes;
  }

  /** How many bytes the head of an item with that argument takes: 1, 2, 3, 5 or 9. */
  private static int headLength(long argument) {
    if (argument < 24) {
      return 1;
    }
    if (argument <= 0xff) {
      return 2;
    }
    if (argument <= 0xffff) {
      return 3;
    }
    return argument <= 0xffff_ffffL ? 5 : 9;
  }

  private static void putHead(byte[] bytes, int major, long argument, int head) {
    if (head == 1) {
      bytes[0] = (byte) (major | (int) argument);
      return;
    }
    // 24, 25, 26 and 27 say that 1, 2, 4 or 8 bytes follow.
    bytes[0] = (byte) (major | 24 + Integer.numberOfTrailingZeros(head - 1));
    putBigEndian(bytes, argument, head - 1);
  }

  private static void putBigEndian(byte[] bytes, long value, int count) {
    long rest = value;
    for (int i = count; i > 0; i--) {
      bytes[i] = (byte) rest;
      rest >>>= 8;
    }
  }

  static long bigEndian(byte[] bytes, int offset, int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = (value << 8) | (bytes[offset + i] & 0xff);
    }
    return value;
  }

  /** How many bytes the head at the start takes, by what it says; 0 if it is of another kind. */
  private static int headLength(byte[] bytes) {
    int low = bytes[0] & 0x1f;
    if (low < 24) {
      return 1;
    }
    return low <= 27 ? 1 + (1 << (low - 24)) : 0;
  }

  private static long argument(byte[] bytes, int head) {
    return head == 1 ? bytes[0] & 0x1f : bigEndian(bytes, 1, head - 1);
  }

  private static boolean isInteger(byte[] bytes) {
    return (bytes[0] & 0xe0) <= NEGATIVE
        && headLength(bytes) == bytes.length
        && (bytes.length < 9 || bytes[1] >= 0);
  }

  private static long integer(byte[] bytes) {
    long argument = argument(bytes, bytes.length);
    return (bytes[0] & 0xe0) == NEGATIVE ? ~argument : argument;
  }

  private static @Nullable Object narrow(long value) {
    return value == (int) value ? (Object) (int) value : null;
  }

  private static @Nullable Object flag(byte[] bytes) {
    if (bytes.length != 1 || (bytes[0] != TRUE && bytes[0] != FALSE)) {
      return null;
    }
    return bytes[0] == TRUE;
  }

  /** Whether the bytes are one item of that major type, with as many bytes as its head says. */
  private static boolean payload(byte[] bytes, int major) {
    int head = headLength(bytes);
    return (bytes[0] & 0xe0) == major
        && head > 0
        && head <= bytes.length
        && argument(bytes, head) == bytes.length - head;
  }

  private static @Nullable Object text(byte[] bytes) {
    int head = headLength(bytes);
    String text = new String(bytes, head, bytes.length - head, StandardCharsets.UTF_8);
    // The mark may stand for a malformed sequence: the slow way tells.
    return text.indexOf('\ufffd') < 0 ? text : null;
  }
}
