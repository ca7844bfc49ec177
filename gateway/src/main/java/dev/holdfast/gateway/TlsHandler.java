// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The encryption of one connection; the handler next to the socket. Event loop only.
 *
 * <p>Tells a client that speaks HTTP without it. A record of TLS never begins with a letter.
 *
 * <p>There is one handshake. TLS 1.2 lets a client ask for another whenever it likes, at little
 * cost for itself and much for the event loop. What kind a record is stays readable there, and in
 * TLS 1.3 all records behind the handshake look like data: so none that says handshake is passed on
 * then. There a client may ask for new keys as often as it likes, and TLS answers each time: one
 * that goes on asking and does not take the answers is cut, as these would wait without bound.
 */
final class TlsHandler extends SslHandler {
  private static final Logger log = LoggerFactory.getLogger(TlsHandler.class);

  /** The kind of a record with a message of a handshake, RFC 5246 section 6.2.1. */
  private static final byte HANDSHAKE = 22;

  /** How many answers of TLS itself may wait for a client behind all that the channel holds. */
  private static final int MAX_WAITING_ANSWERS = 100;

  /** What runs for a client that does not speak TLS; null once the client has spoken. */
  private @Nullable Runnable spokenPlainly;

  private int waitingAnswers;

  /**
   * @param handshake how long it may take
   * @param spokenPlainly runs once, for a client that does not speak TLS; it is to remove this
   */
  TlsHandler(SSLEngine engine, Duration handshake, Runnable spokenPlainly) {
    super(engine);
    this.spokenPlainly = spokenPlainly;
    setHandshakeTimeoutMillis(handshake.toMillis());
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws SSLException {
    Runnable plain = spokenPlainly;
    if (plain != null && in.isReadable()) {
      spokenPlainly = null;
      byte first = in.getByte(in.readerIndex());
      if (first >= 'A' && first <= 'Z') {
        // Nothing of it may reach the parts behind once this is gone.
        in.skipBytes(in.readableBytes());
        plain.run();
        return;
      }
    }
    // Each call begins where a record does.
    if (handshakeFuture().isSuccess()
        && in.isReadable()
        && in.getByte(in.readerIndex()) == HANDSHAKE) {
      reset(ctx, in, "a client asked for another TLS handshake");
      return;
    }
    long before = unsentBytes(ctx);
    super.decode(ctx, in, out);
    if (ctx.channel().isWritable()) {
      waitingAnswers = 0;
    } else if (unsentBytes(ctx) > before && ++waitingAnswers > MAX_WAITING_ANSWERS) {
      reset(ctx, in, "a client takes no answers of TLS and goes on asking for them");
    }
  }

  /** What is encrypted and the client's socket has not taken. */
  private static long unsentBytes(ChannelHandlerContext ctx) {
    ChannelOutboundBuffer out = ctx.channel().unsafe().outboundBuffer();
    return out == null ? 0 : out.totalPendingWriteBytes();
  }

  private static void reset(ChannelHandlerContext ctx, ByteBuf in, String why) {
    in.skipBytes(in.readableBytes());
    ChannelHandlerContext end = ctx.pipeline().context(LingeringClose.class);
    if (end != null) {
      log.debug("{}; its connection is reset", why);
      LingeringClose.reset(end);
    }
  }
}
