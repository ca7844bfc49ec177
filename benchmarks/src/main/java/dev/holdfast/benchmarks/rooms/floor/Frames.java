// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.floor;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/** Frames as they go to a client, RFC 6455 section 5.2: whole, and not masked. */
final class Frames {
  private static final int TEXT = 0x81;
  private static final int SHORT = 125;
  private static final int TWO_BYTES = 126;
  private static final int EIGHT_BYTES = 127;
  private static final int MOST_OF_TWO_BYTES = 0xffff;
  private static final int MAX_HEAD_BYTES = 10;

  private Frames() {}

  /** A text message; the text is copied. */
  static ByteBuf text(ByteBuf text) {
    int length = text.readableBytes();
    ByteBuf frame = PooledByteBufAllocator.DEFAULT.directBuffer(MAX_HEAD_BYTES + length);
    frame.writeByte(TEXT);
    if (length <= SHORT) {
      frame.writeByte(length);
    } else if (length <= MOST_OF_TWO_BYTES) {
      frame.writeByte(TWO_BYTES).writeShort(length);
    } else {
      frame.writeByte(EIGHT_BYTES).writeLong(length);
    }
    return frame.writeBytes(text, text.readerIndex(), length);
  }
}
