// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/** Bytes as Vert.x buffers and back, without a copy where that is safe. */
final class Pieces {
  private Pieces() {}

  /** The bytes of a buffer that was received and that nobody else uses. */
  static byte[] bytes(Buffer received) {
    ByteBuf buffer = ((BufferInternal) received).getByteBuf();
    return buffer.hasArray()
            && buffer.arrayOffset() == 0
            && buffer.readerIndex() == 0
            && buffer.array().length == buffer.readableBytes()
        ? buffer.array()
        : received.getBytes();
  }

  /** A buffer over bytes that will not change. */
  static Buffer buffer(byte[] bytes, int offset, int length) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes, offset, length));
  }
}
