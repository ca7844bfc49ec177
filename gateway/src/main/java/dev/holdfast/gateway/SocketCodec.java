// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.WebSocketMessage;
import dev.holdfast.engine.socket.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The messages of the sockets of one event loop, to bytes and back. Event loop only.
 *
 * <p>A message that many sockets get, one after the other, is made bytes once; and compressed once,
 * as all sockets that have agreed on compression have agreed on the same one.
 */
final class SocketCodec {
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int FINAL = 0x80;
  private static final int COMPRESSED = 0x40;
  private static final int MAX_HEAD_BYTES = 10;

  /** Shorter messages go as they are: without a window they would not become shorter. */
  private static final int LEAST_COMPRESSED_BYTES = 256;

  private final int messageBytes;
  private final Deflate deflate = new Deflate();

  private @Nullable Frame latest;
  private @Nullable ByteBuf plain;
  private @Nullable ByteBuf packed;

  /**
   * @param messageBytes the largest message that is taken
   */
  SocketCodec(int messageBytes) {
    this.messageBytes = messageBytes;
  }

  // ---------------------------------------------------------------- to the client

  /** The bytes of a message, for one write. */
  ByteBuf encode(ByteBufAllocator alloc, Frame message, boolean compressed) {
    if (latest != message) {
      forget();
      latest = message;
    }
    boolean packs = compressed && message.bytes().length >= LEAST_COMPRESSED_BYTES;
    ByteBuf known = packs ? packed : plain;
    if (known == null) {
      int first = FINAL | (message.text() ? TEXT : BINARY);
      if (packs) {
        known = frame(alloc, first | COMPRESSED, deflate.pack(message.bytes()));
        packed = known;
      } else {
        known = frame(alloc, first, message.bytes());
        plain = known;
      }
    }
    return known.retainedDuplicate();
  }

  /** The round is over: keeps no message for another one like it. */
  void forget() {
    latest = null;
    if (plain != null) {
      plain.release();
      plain = null;
    }
    if (packed != null) {
      packed.release();
      packed = null;
    }
  }

  /** A control frame. */
  static ByteBuf control(ByteBufAllocator alloc, int opcode, byte[] payload) {
    return frame(alloc, FINAL | opcode, payload);
  }

  private static ByteBuf frame(ByteBufAllocator alloc, int first, byte[] payload) {
    int length = payload.length;
    ByteBuf frame = alloc.directBuffer(length + MAX_HEAD_BYTES).writeByte(first);
    if (length <= 125) {
      frame.writeByte(length);
    } else if (length < 1 << 16) {
      frame.writeByte(126).writeShort(length);
    } else {
      frame.writeByte(127).writeLong(length);
    }
    return frame.writeBytes(payload);
  }

  // ---------------------------------------------------------------- from the client

  /**
   * How large the payload of a frame may be, and that of all frames of a message. A message that
   * cannot be made shorter becomes a little longer by compression.
   */
  static int payloadBytes(int messageBytes, boolean compressed) {
    return compressed
        ? Math.clamp(messageBytes + (messageBytes >> 10) + 64L, 1, Integer.MAX_VALUE)
        : messageBytes;
  }

  static boolean beginsMessage(int opcode) {
    return opcode == TEXT || opcode == BINARY;
  }

  static boolean isOfMessage(WebSocketFrame frame) {
    return frame instanceof TextWebSocketFrame
        || frame instanceof BinaryWebSocketFrame
        || frame instanceof ContinuationWebSocketFrame;
  }

  /**
   * A message that has come whole.
   *
   * @throws CorruptedWebSocketFrameException if it is none
   */
  WebSocketMessage decode(WebSocketFrame whole) {
    byte[] bytes = ByteBufUtil.getBytes(whole.content());
    if ((whole.rsv() & SocketDecoder.COMPRESSED) != 0) {
      bytes = deflate.unpack(bytes, messageBytes);
    } else if (bytes.length > messageBytes) {
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.MESSAGE_TOO_BIG, "a message is too large");
    }
    return whole instanceof TextWebSocketFrame
        ? new WebSocketMessage.Text(text(bytes))
        : new WebSocketMessage.Binary(bytes);
  }

  /**
   * Text, which must be UTF-8. What is not decodes to the replacement character, and so does that
   * character: only where there is one it is worth a second look.
   */
  static String text(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\ufffd') >= 0) {
      try {
        var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      } catch (CharacterCodingException e) {
        throw new CorruptedWebSocketFrameException(
            WebSocketCloseStatus.INVALID_PAYLOAD_DATA, "text is not UTF-8", e);
      }
    }
    return text;
  }
}
