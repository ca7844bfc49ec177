// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a client has ended its stream: it sends nothing more, but may wait for answers. Stands
 * behind the decoder, so that all that came is decoded by then. Event loop only, but for what says
 * otherwise. With TLS there are two ends, and the first that comes counts: that of TLS, and that of
 * the socket below, which some clients think enough.
 *
 * <p>A connection that breaks is closed here, and whoever waits for it is told by that: the parts
 * behind would take it for an error of the request that they know last, whether that has begun or
 * not.
 */
final class InputEnd extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(InputEnd.class);

  private final Runnable atEnd;
  private volatile boolean ended;
  private long endedAt;

  /**
   * @param atEnd runs once, when the stream has ended
   */
  InputEnd(Runnable atEnd) {
    this.atEnd = atEnd;
  }

  /** Whether the stream has ended. Any thread. */
  boolean ended() {
    return ended;
  }

  /** When it has ended, by {@link System#nanoTime}. */
  long endedAt() {
    return endedAt;
  }

  /** Whether an event says that a client has ended its stream. */
  static boolean isTold(Object event) {
    return event == ChannelInputShutdownEvent.INSTANCE || event == SslCloseCompletionEvent.SUCCESS;
  }

  /** Whether it is the connection that has failed, or its encryption. */
  static boolean breaks(Throwable cause) {
    return cause instanceof IOException || cause.getCause() instanceof SSLException;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!ended && isTold(event)) {
      endedAt = System.nanoTime();
      ended = true;
      atEnd.run();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (breaks(cause)) {
      log.debug("connection of {} failed", ctx.channel().remoteAddress(), cause);
      var _ = ctx.channel().close();
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
