// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Body;
import dev.holdfast.Headers;
import dev.holdfast.Response;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The opening handshake of a WebSocket, RFC 6455 section 4.2, on the server's side. */
final class SocketHandshake {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String VERSION = "13";
  private static final int KEY_BYTES = 16;
  private static final String KEY = "Sec-WebSocket-Key";

  private SocketHandshake() {}

  /** Whether a client asks for a socket, in whatever way. */
  static boolean isAskedFor(HttpServerRequest http) {
    return http.headers().contains(HttpHeaders.UPGRADE)
        && has(http, HttpHeaders.UPGRADE, "websocket");
  }

  /** What a request that asks for a socket is answered with at once; null if all is right. */
  static @Nullable Response refusal(HttpServerRequest http) {
    if (http.version() != HttpVersion.HTTP_1_1 || !http.method().equals(HttpMethod.GET)) {
      return refusal(400, "a WebSocket is asked for with GET, in HTTP/1.1");
    }
    if (!has(http, HttpHeaders.CONNECTION, "Upgrade")) {
      return refusal(400, "a request for a WebSocket has Connection: Upgrade");
    }
    if (RequestHead.bodyLength(http) != 0) {
      return refusal(400, "a request for a WebSocket has no body");
    }
    if (!VERSION.equals(http.getHeader("Sec-WebSocket-Version"))) {
      return refusal(426, "the version of the WebSocket protocol that is served here is " + VERSION)
          .withHeader("Sec-WebSocket-Version", VERSION);
    }
    if (!isKey(String.valueOf(http.getHeader(KEY)))) {
      return refusal(400, "a request for a WebSocket has a " + KEY + " of 16 bytes in Base64");
    }
    return null;
  }

  private static Response refusal(int status, String text) {
    return new Response(
        status, Headers.of("Content-Type", "text/plain; charset=utf-8"), Body.of(text + "\n"));
  }

  private static boolean isKey(String key) {
    try {
      byte[] bytes = Base64.getDecoder().decode(key);
      return bytes.length == KEY_BYTES && Base64.getEncoder().encodeToString(bytes).equals(key);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean has(HttpServerRequest http, CharSequence field, String token) {
    return http.headers().getAll(field).stream()
        .flatMap(value -> Stream.of(value.split(",", -1)))
        .anyMatch(part -> part.strip().equalsIgnoreCase(token));
  }

  /** Writes what opens the socket into the answer's fields. */
  static void answer(MultiMap request, MultiMap fields) {
    fields.set(HttpHeaders.UPGRADE, "websocket");
    fields.set(HttpHeaders.CONNECTION, "Upgrade");
    fields.set("Sec-WebSocket-Accept", accept(String.valueOf(request.get(KEY))));
  }

  private static String accept(String key) {
    try {
      byte[] text = (key + GUID).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
