// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The parser of a client's frames. Stricter than the one it extends, and it decodes a frame only
 * when the one before is taken: so what a client sends to a socket that takes no more stays as it
 * came, not unpacked and without an object for each frame. Event loop only.
 */
final class SocketDecoder extends WebSocket13FrameDecoder {
  /** Of one message: whoever needs more sends fragments of nothing. */
  private static final int MAX_FRAGMENTS = 65_536;

  /** The first of the three reserved bits: the message is compressed. */
  static final int COMPRESSED = 4;

  private static final int RESERVED = 7;
  private static final int OPCODE = 0x0f;

  private static final int LAST_CLOSE_CODE = 4_999;

  private final boolean compressed;
  private final BooleanSupplier takesMore;
  private int fragments;

  /** The first byte of a frame was looked at, and the frame is not whole. */
  private boolean inFrame;

  private boolean holding;
  private boolean stopped;
  private long heardAt = System.nanoTime();

  /**
   * @param frameBytes the largest payload of a frame
   * @param compressed whether messages may be compressed
   * @param takesMore whether the next frame is to be decoded
   */
  SocketDecoder(int frameBytes, boolean compressed, BooleanSupplier takesMore) {
    super(
        WebSocketDecoderConfig.newBuilder()
            .expectMaskedFrames(true)
            .allowExtensions(compressed)
            .maxFramePayloadLength(frameBytes)
            .closeOnProtocolViolation(false)
            .build());
    this.compressed = compressed;
    this.takesMore = takesMore;
  }

  /** When the last byte came, by {@link System#nanoTime}. */
  long heardAt() {
    return heardAt;
  }

  /** Whether bytes wait until more is taken; then the next read goes on, or {@link #goOn}. */
  boolean isHolding() {
    return holding;
  }

  /** From now on all that comes is dropped. */
  void stop() {
    stopped = true;
  }

  /**
   * Takes what is held back, as far as more is taken now. As if nothing had been read here: the
   * encryption would take that for a read of its own, hold it back, and read more in place of it.
   *
   * @param ctx the place of this in the pipeline
   */
  void goOn(ChannelHandlerContext ctx) {
    try {
      super.channelRead(ctx, Unpooled.EMPTY_BUFFER);
      channelReadComplete(ctx);
    } catch (Exception | Error e) {
      ctx.fireExceptionCaught(e);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object input) throws Exception {
    heardAt = System.nanoTime();
    super.channelRead(ctx, input);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (stopped) {
      holding = false;
      in.skipBytes(in.readableBytes());
      return;
    }
    holding = !takesMore.getAsBoolean();
    if (holding) {
      return;
    }
    if (!inFrame && in.isReadable()) {
      inFrame = true;
      checkReserved(in.getByte(in.readerIndex()));
    }
    int before = out.size();
    super.decode(ctx, in, out);
    if (out.size() > before && out.get(before) instanceof WebSocketFrame frame) {
      inFrame = false;
      try {
        count(frame);
      } catch (CorruptedWebSocketFrameException e) {
        out.remove(before);
        frame.release();
        throw e;
      }
    }
  }

  /**
   * At once, without the frame that they belong to: that need not come. The parser looks at none of
   * them where messages may be compressed.
   */
  private void checkReserved(byte first) {
    boolean mayBePacked = compressed && SocketCodec.beginsMessage(first & OPCODE);
    int reserved = first >> 4 & RESERVED;
    if ((reserved & ~(mayBePacked ? COMPRESSED : 0)) != 0) {
      throw broken(WebSocketCloseStatus.PROTOCOL_ERROR, "a reserved bit is set");
    }
  }

  private void count(WebSocketFrame frame) {
    if (frame.isFinalFragment()) {
      fragments = SocketCodec.isOfMessage(frame) ? 0 : fragments;
    } else if (++fragments > MAX_FRAGMENTS) {
      throw broken(
          WebSocketCloseStatus.POLICY_VIOLATION,
          "a message may come in " + MAX_FRAGMENTS + " fragments");
    }
  }

  /** Whatever becomes of it, nothing behind a fault is a frame. */
  private CorruptedWebSocketFrameException broken(WebSocketCloseStatus status, String what) {
    stopped = true;
    return new CorruptedWebSocketFrameException(status, what);
  }

  /** The one it extends takes more codes, and a reason that is cut within a character. */
  @Override
  protected void checkCloseFrameBody(ChannelHandlerContext ctx, ByteBuf body) {
    super.checkCloseFrameBody(ctx, body);
    if (!body.isReadable()) {
      return;
    }
    if (body.getUnsignedShort(body.readerIndex()) > LAST_CLOSE_CODE) {
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.PROTOCOL_ERROR, "a close code is at most " + LAST_CLOSE_CODE);
    }
    byte[] bytes = ByteBufUtil.getBytes(body);
    var _ = SocketCodec.text(Arrays.copyOfRange(bytes, 2, bytes.length));
  }

  /**
   * While nothing is taken this asks for no bytes either, as the parser would that has got some and
   * has made no frame of them.
   */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    if (takesMore.getAsBoolean()) {
      super.channelReadComplete(ctx);
    } else {
      discardSomeReadBytes();
      ctx.fireChannelReadComplete();
    }
  }

  /** What is held back at the end of the stream is still to be taken. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      ctx.fireUserEventTriggered(event);
    } else {
      super.userEventTriggered(ctx, event);
    }
  }
}
