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

/**
 * The encryption of one connection; the handler next to the socket. Event loop only.
 *
 * <p>Tells a client that speaks HTTP without it. A record of TLS never begins with a letter.
 */
final class TlsHandler extends SslHandler {
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
    super.decode(ctx, in, out);
  }
}
