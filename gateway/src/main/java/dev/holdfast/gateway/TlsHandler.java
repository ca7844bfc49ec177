// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
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
 * then.
 */
final class TlsHandler extends SslHandler {
  private static final Logger log = LoggerFactory.getLogger(TlsHandler.class);

  /** The kind of a record with a message of a handshake, RFC 5246 section 6.2.1. */
  private static final byte HANDSHAKE = 22;

  /** What runs for a client that does not speak TLS; null once the client has spoken. */
  private @Nullable Runnable spokenPlainly;

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
      in.skipBytes(in.readableBytes());
      ChannelHandlerContext end = ctx.pipeline().context(LingeringClose.class);
      if (end != null) {
        log.debug("a client asked for another TLS handshake; its connection is reset");
        LingeringClose.reset(end);
      }
      return;
    }
    super.decode(ctx, in, out);
  }
}
