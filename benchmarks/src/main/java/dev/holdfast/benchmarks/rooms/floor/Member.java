// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.floor;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One client in a room. Event loop only. */
final class Member extends SimpleChannelInboundHandler<WebSocketFrame> {
  private final Room room;

  /** Below the encoder of frames: what goes to all is encoded once. */
  private @Nullable ChannelHandlerContext raw;

  /** Whether something is written and not flushed. */
  private boolean touched;

  Member(Room room) {
    this.room = room;
  }

  /** The handshake is answered. */
  void join(ChannelPipeline pipeline) {
    raw = pipeline.firstContext();
    room.join(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    room.leave(this);
    ctx.fireChannelInactive();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
    switch (frame) {
      case TextWebSocketFrame text -> room.tell(text.content());
      case PingWebSocketFrame ping -> {
        var _ = ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
      }
      case CloseWebSocketFrame close -> {
        int code = close.statusCode();
        var _ =
            ctx.writeAndFlush(
                    code < 0 ? new CloseWebSocketFrame() : new CloseWebSocketFrame(code, ""))
                .addListener(ChannelFutureListener.CLOSE);
      }
      default -> {} // a pong; fragments are not used here
    }
  }

  /** Writes an encoded frame; returns whether the member is to be flushed and was not yet. */
  boolean write(ByteBuf frame) {
    ChannelHandlerContext ctx = Objects.requireNonNull(raw);
    var _ = ctx.write(frame, ctx.voidPromise());
    boolean first = !touched;
    touched = true;
    return first;
  }

  void flush() {
    touched = false;
    Objects.requireNonNull(raw).flush();
  }
}
