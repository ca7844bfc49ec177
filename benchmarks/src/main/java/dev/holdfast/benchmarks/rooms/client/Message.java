// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What members say: a text of 100 characters, of which the first 32 are hexadecimal digits that
 * tell when it was sent, by whom, and the how many-th of that member it is.
 */
final class Message {
  /** In characters, all of one byte. */
  static final int LENGTH = 100;

  private static final int TIME_DIGITS = 16;
  private static final int DIGITS = 16;
  private static final int BITS_PER_DIGIT = 4;
  private static final int NUMBER_BITS = 32;

  /** The head of a frame as clients send it: whole, text, masked. */
  private static final int HEAD = 0x8180 | LENGTH;

  /** Any would do, and a new one each time would cost the generator and not the server. */
  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

  private static final byte[] DIGIT = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte FILLER = '.';

  private Message() {}

  /** Who says it and the how many-th of that member it is, in one number. */
  static long id(int sender, int number) {
    return (long) sender << NUMBER_BITS | number;
  }

  static int sender(long id) {
    return (int) (id >>> NUMBER_BITS);
  }

  static int number(long id) {
    return (int) id;
  }

  /** The frame of a message. */
  static ByteBuf frame(ByteBufAllocator allocator, long sentAt, long id) {
    byte[] text = new byte[LENGTH];
    Arrays.fill(text, FILLER);
    digits(text, 0, sentAt);
    digits(text, TIME_DIGITS, id);
    for (int i = 0; i < LENGTH; i++) {
      text[i] ^= MASK[i % MASK.length];
    }
    return allocator
        .directBuffer(Short.BYTES + MASK.length + LENGTH)
        .writeShort(HEAD)
        .writeBytes(MASK)
        .writeBytes(text);
  }

  private static void digits(byte[] text, int at, long value) {
    long rest = value;
    for (int i = DIGITS - 1; i >= 0; i--) {
      text[at + i] = DIGIT[(int) rest & 0xf];
      rest >>>= BITS_PER_DIGIT;
    }
  }

  /** When the message was sent whose text begins there. */
  static long sentAt(ByteBuf in, int at) {
    return number(in, at);
  }

  /** The id of the message whose text begins there. */
  static long id(ByteBuf in, int at) {
    return number(in, at + TIME_DIGITS);
  }

  private static long number(ByteBuf in, int at) {
    return parse(in.getLong(at)) << NUMBER_BITS | parse(in.getLong(at + Long.BYTES));
  }

  /** The number that eight hexadecimal digits stand for, taken at once and not one by one. */
  private static long parse(long digits) {
    long letters = digits >>> 6 & 0x0101010101010101L;
    long values = (digits & 0x0f0f0f0f0f0f0f0fL) + 9 * letters;
    long bytes = (values | values >>> 4) & 0x00ff00ff00ff00ffL;
    long shorts = (bytes | bytes >>> 8) & 0x0000ffff0000ffffL;
    return (shorts | shorts >>> 16) & 0xffffffffL;
  }
}
