// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One socket in a room, from its handshake on. Reads frames by itself, since Netty's decoder makes
 * objects of each, and the generator is to take as little as it can from the server on the same
 * machine. Event loop only.
 */
final class Member extends ByteToMessageDecoder {
  private static final int TEXT = 0x81;
  private static final int PING = 0x89;
  private static final int CLOSE = 0x88;
  private static final int CLOSE_MASKED_1000 = 0x8882;
  private static final int PONG_MASKED = 0x8a80;
  private static final int MAX_SMALL = 125;
  private static final int MAX_ANSWER_BYTES = 4_096;
  private static final ByteBuf BLANK_LINE =
      Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("\r\n\r\n", StandardCharsets.US_ASCII));

  private enum State {
    /** Waits for the answer to its handshake. */
    OPENING,
    /** In the room. */
    OPEN,
    /** Has said that it leaves. */
    LEAVING
  }

  private final Crowd crowd;
  private final Room room;
  private final String path;
  private State state = State.OPENING;
  private @Nullable ChannelHandlerContext context;

  /** How many messages it got. */
  private int received;

  Member(Crowd crowd, Room room, String path) {
    this.crowd = crowd;
    this.room = room;
    this.path = path;
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(context);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    String request =
        """
        GET %s HTTP/1.1\r
        Host: 127.0.0.1\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: aG9sZGZhc3Qgcm9vbXMhIQ==\r
        \r
        """
            .formatted(path);
    var _ = ctx.writeAndFlush(ByteBufUtil.writeAscii(ctx.alloc(), request));
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (state == State.OPENING && !opened(in)) {
      return;
    }
    while (in.readableBytes() >= 2) {
      int start = in.readerIndex();
      int length = in.getUnsignedByte(start + 1);
      if (length > MAX_SMALL) {
        throw new WrongDelivery("a frame came whose length begins with " + length);
      }
      if (in.readableBytes() < 2 + length) {
        return;
      }
      frame(in, in.getUnsignedByte(start), start + 2, length);
      in.readerIndex(start + 2 + length);
    }
  }

  private boolean opened(ByteBuf in) {
    int end = ByteBufUtil.indexOf(BLANK_LINE, in);
    if (end < 0 && in.readableBytes() < MAX_ANSWER_BYTES) {
      return false;
    }
    String answer = in.toString(StandardCharsets.US_ASCII);
    if (end < 0 || !answer.startsWith("HTTP/1.1 101 ")) {
      throw new WrongDelivery("the handshake was answered with " + answer);
    }
    in.readerIndex(end + BLANK_LINE.readableBytes());
    state = State.OPEN;
    crowd.opened();
    return true;
  }

  private void frame(ByteBuf in, int head, int at, int length) {
    switch (head) {
      case TEXT -> message(in, at, length);
      case PING -> pong(in, at, length);
      case CLOSE -> {
        if (state != State.LEAVING) {
          throw new WrongDelivery(
              "the server closed a socket with "
                  + (length < 2 ? "no code" : in.getUnsignedShort(at))
                  + (length < 2
                      ? ""
                      : ", " + in.toString(at + 2, length - 2, StandardCharsets.UTF_8)));
        }
      }
      default -> throw new WrongDelivery("a frame came that begins with " + head);
    }
  }

  private void message(ByteBuf in, int at, int length) {
    if (length != Message.LENGTH) {
      throw new WrongDelivery("a message of %d bytes came".formatted(length));
    }
    boolean all = room.arrived(received, Message.id(in, at));
    received++;
    crowd.delivered(room, Message.sentAt(in, at), all);
  }

  private void pong(ByteBuf in, int at, int length) {
    var _ = context().writeAndFlush(head(PONG_MASKED | length).writeBytes(in, at, length));
  }

  /** The first bytes of a frame; its mask is zero, so that there is nothing to apply. */
  private ByteBuf head(int head) {
    return context().alloc().directBuffer().writeShort(head).writeInt(0);
  }

  void send(long sentAt, long id) {
    var _ =
        context()
            .writeAndFlush(Message.frame(context().alloc(), sentAt, id), context().voidPromise());
  }

  /** Says that it leaves; the server then closes. */
  void leave() {
    state = State.LEAVING;
    var _ = context().writeAndFlush(head(CLOSE_MASKED_1000).writeShort(1000));
  }

  void cutOff() {
    ChannelHandlerContext known = context;
    if (known != null) {
      state = State.LEAVING;
      var _ = known.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (state == State.LEAVING) {
      crowd.left();
    } else {
      crowd.fail(new WrongDelivery("a socket ended without a close frame while " + state));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (state != State.LEAVING) {
      Throwable reason = cause.getCause();
      crowd.fail(reason instanceof WrongDelivery ? reason : cause);
    }
  }
}
