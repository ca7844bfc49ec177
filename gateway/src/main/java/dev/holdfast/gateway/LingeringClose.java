// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * The way a connection ends. Event loop only; the handler next to the socket, or to the encryption
 * if there is one.
 *
 * <p>A socket that is closed while bytes of the client are unread resets the connection, and the
 * reset may overtake the answer on its way. So an orderly close sends what is written, then the end
 * of the stream, and throws away what the client still sends until the client closes too, or for
 * {@value #LINGER_MILLIS} ms.
 *
 * <p>With TLS, the end of the stream is said in it before the socket's own. A connection whose
 * handshake is under way has nothing to send and is closed at once.
 *
 * <p>A reset is for answers that must not look complete. So it goes past the encryption, which
 * would say an orderly end first.
 */
final class LingeringClose extends ChannelOutboundHandlerAdapter {
  private static final long LINGER_MILLIS = 1_000;

  private boolean closing;

  /** Whether an orderly close or a reset has begun. */
  boolean closing() {
    return closing;
  }

  /** Whether the one of a context is {@link #closing}. */
  static boolean closing(ChannelHandlerContext ctx) {
    return ((LingeringClose) ctx.handler()).closing;
  }

  /** Ends the connection at once, so that the client sees an error. */
  static void reset(ChannelHandlerContext ctx) {
    if (!ctx.channel().isOpen()) {
      return;
    }
    LingeringClose self = (LingeringClose) ctx.handler();
    self.closing = true;
    ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
    closeNow(ctx);
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (!ctx.channel().isActive() || !(ctx.channel() instanceof DuplexChannel socket)) {
      var _ = ctx.close(promise);
      return;
    }
    socket.closeFuture().addListener(_ -> promise.trySuccess());
    if (closing) {
      return;
    }
    closing = true;
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls != null && !tls.handshakeFuture().isSuccess()) {
      closeNow(ctx);
      return;
    }
    ctx.pipeline().addAfter(ctx.name(), "discard", new Discard(ctx, socket));
    socket.config().setAutoRead(true);
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            _ -> {
              if (tls == null || !socket.isActive()) {
                endStream(ctx, socket);
              } else {
                tls.closeOutbound().addListener(_ -> endStream(ctx, socket));
              }
            });
  }

  private static void endStream(ChannelHandlerContext ctx, DuplexChannel socket) {
    if (!socket.isActive()) {
      return;
    }
    socket
        .shutdownOutput()
        .addListener(
            ended -> {
              if (!ended.isSuccess() || socket.isInputShutdown()) {
                closeNow(ctx);
                return;
              }
              var end =
                  ctx.executor()
                      .schedule(() -> closeNow(ctx), LINGER_MILLIS, TimeUnit.MILLISECONDS);
              socket.closeFuture().addListener(_ -> end.cancel(false));
            });
  }

  /** Closes the socket itself, whatever is not sent yet. */
  static void closeNow(ChannelHandlerContext ctx) {
    ChannelHandlerContext next = ctx.pipeline().firstContext();
    if (next != null) {
      var _ = next.close();
    }
  }

  /** Takes what the client still sends and drops it. */
  private static final class Discard extends ChannelInboundHandlerAdapter {
    private final ChannelHandlerContext close;
    private final DuplexChannel socket;

    Discard(ChannelHandlerContext close, DuplexChannel socket) {
      this.close = close;
      this.socket = socket;
    }

    /** The client closes too; what is written for it may still be on its way. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE && socket.isOutputShutdown()) {
        closeNow(close);
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      // Nothing was read as far as the rest of the pipeline is concerned.
    }
  }
}
