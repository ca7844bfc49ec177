// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.floor;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;

/** Opens the socket of {@code GET /rooms/NAME}; answers 200 to all else. Event loop only. */
final class Opening extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final String PREFIX = "/rooms/";
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  private final Rooms rooms;

  Opening(Rooms rooms) {
    this.rooms = rooms;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (!request.uri().startsWith(PREFIX) || !request.headers().contains(HttpHeaderNames.UPGRADE)) {
      DefaultFullHttpResponse ready =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      ready.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
      var _ = ctx.writeAndFlush(ready);
      return;
    }
    String room = request.uri().substring(PREFIX.length());
    WebSocketServerHandshaker handshaker =
        new WebSocketServerHandshaker13(null, null, false, MAX_MESSAGE_BYTES, false);
    Member member = new Member(rooms.named(room));
    ctx.pipeline().replace(this, "member", member);
    ctx.pipeline().addBefore("member", "text", new Utf8FrameValidator());
    var _ =
        handshaker
            .handshake(ctx.channel(), request)
            .addListener(
                answered -> {
                  if (answered.isSuccess()) {
                    member.join(ctx.channel().pipeline());
                  } else {
                    var _ = ctx.channel().close();
                  }
                });
  }
}
