// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionData;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionFilter;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionFilterProvider;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionUtil;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtension;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * permessage-deflate, RFC 7692, if the client offers it. Neither side keeps a window from one
 * message to the next: that would cost a socket some 300 KiB while it sleeps. Short messages go as
 * they are, since without a window they would not become shorter.
 */
final class SocketCompression {
  private static final int LEVEL = 6;
  private static final int LEAST_BYTES = 256;
  private static final String NAME = "permessage-deflate";

  /** Only the beginning of a message knows whether all of it is compressed. */
  private static final WebSocketExtensionFilter SHORT =
      frame ->
          (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame)
              && frame.isFinalFragment()
              && frame.content().readableBytes() < LEAST_BYTES;

  private static final WebSocketExtensionFilterProvider FILTERS =
      new WebSocketExtensionFilterProvider() {
        @Override
        public WebSocketExtensionFilter encoderFilter() {
          return SHORT;
        }

        @Override
        public WebSocketExtensionFilter decoderFilter() {
          return WebSocketExtensionFilter.NEVER_SKIP;
        }
      };

  private SocketCompression() {}

  /**
   * What both sides can do.
   *
   * @param offer the client's Sec-WebSocket-Extensions; null if there is none
   * @param messageBytes the largest message, unpacked
   */
  static @Nullable WebSocketServerExtension agree(@Nullable String offer, int messageBytes) {
    if (offer == null) {
      return null;
    }
    List<WebSocketExtensionData> offers;
    try {
      offers = WebSocketExtensionUtil.extractExtensions(offer);
    } catch (RuntimeException e) {
      return null; // not an offer: the socket goes without
    }
    PerMessageDeflateServerExtensionHandshaker deflate =
        new PerMessageDeflateServerExtensionHandshaker(
            LEVEL,
            false,
            PerMessageDeflateServerExtensionHandshaker.MAX_WINDOW_SIZE,
            true,
            true,
            FILTERS,
            messageBytes);
    for (WebSocketExtensionData offered : offers) {
      if (offered.name().equals(NAME)) {
        WebSocketServerExtension agreed = deflate.handshakeExtension(withoutWindows(offered));
        if (agreed != null) {
          return agreed;
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

  /** What was agreed, as a field of the answer. */
  static String field(WebSocketServerExtension agreed) {
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
