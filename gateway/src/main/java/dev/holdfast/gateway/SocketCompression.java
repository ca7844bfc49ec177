// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionData;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionUtil;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtension;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The agreement on permessage-deflate, RFC 7692, if the client offers it. Neither side keeps a
 * window from one message to the next: that would cost a socket some 300 KiB while it sleeps. And
 * the server's window has its full size, so all sockets compress alike.
 */
final class SocketCompression {
  private static final String NAME = "permessage-deflate";

  private SocketCompression() {}

  /**
   * What both sides can do, as a field of the answer; null if that is nothing.
   *
   * @param offer the client's Sec-WebSocket-Extensions; null if there is none
   */
  static @Nullable String agree(@Nullable String offer) {
    if (offer == null) {
      return null;
    }
    List<WebSocketExtensionData> offers;
    try {
      offers = WebSocketExtensionUtil.extractExtensions(offer);
    } catch (RuntimeException e) {
      return null; // not an offer: the socket goes without
    }
    var deflate =
        new PerMessageDeflateServerExtensionHandshaker(
            0, false, PerMessageDeflateServerExtensionHandshaker.MAX_WINDOW_SIZE, true, true, 0);
    for (WebSocketExtensionData offered : offers) {
      if (offered.name().equals(NAME)) {
        WebSocketServerExtension agreed = deflate.handshakeExtension(withoutWindows(offered));
        if (agreed != null) {
          return field(agreed);
        }
      }
    }
    return null;
  }

  /** The server may insist on both, RFC 7692 section 7.1.1, so it is as if they were offered. */
  private static WebSocketExtensionData withoutWindows(WebSocketExtensionData offered) {
    Map<String, String> parameters = new HashMap<>(offered.parameters());
    parameters.put("server_no_context_takeover", null);
    parameters.put("client_no_context_takeover", null);
    return new WebSocketExtensionData(NAME, parameters);
  }

  private static String field(WebSocketServerExtension agreed) {
    StringBuilder text = new StringBuilder(NAME);
    agreed
        .newReponseData()
        .parameters()
        .forEach(
            (name, value) -> {
              text.append("; ").append(name);
              if (value != null) {
                text.append('=').append(value);
              }
            });
    return text.toString();
  }
}
