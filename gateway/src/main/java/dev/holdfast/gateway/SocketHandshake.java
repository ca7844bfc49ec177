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
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The opening handshake of a WebSocket, RFC 6455 section 4.2, on the server's side. */
final class SocketHandshake {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String WEBSOCKET = "websocket";
  private static final String SERVED_VERSION = "13";
  private static final int KEY_BYTES = 16;
  private static final String KEY = "Sec-WebSocket-Key";
  private static final String VERSION = "Sec-WebSocket-Version";
  private static final String ACCEPT = "Sec-WebSocket-Accept";
  private static final String PROTOCOL = "Sec-WebSocket-Protocol";
  static final String EXTENSIONS = "Sec-WebSocket-Extensions";

  private SocketHandshake() {}

  /** Whether a client asks for a socket, in whatever way. */
  static boolean isAskedFor(HttpServerRequest http) {
    return http.headers().contains(HttpHeaders.UPGRADE)
        && has(http.headers().getAll(HttpHeaders.UPGRADE), WEBSOCKET);
  }

  /** The same of a request on its way in. */
  static boolean isAskedFor(io.netty.handler.codec.http.HttpHeaders fields) {
    return fields.contains(HttpHeaders.UPGRADE)
        && has(fields.getAll(HttpHeaders.UPGRADE), WEBSOCKET);
  }

  /** What a request that asks for a socket is answered with at once; null if all is right. */
  static @Nullable Response refusal(HttpServerRequest http) {
    MultiMap fields = http.headers();
    if (http.version() != HttpVersion.HTTP_1_1 || !http.method().equals(HttpMethod.GET)) {
      return refusal(400, "a WebSocket is asked for with GET, in HTTP/1.1");
    }
    if (!WEBSOCKET.equalsIgnoreCase(only(fields, "Upgrade"))) {
      return refusal(400, "a request for a WebSocket has one field Upgrade, which is: websocket");
    }
    if (!has(fields.getAll(HttpHeaders.CONNECTION), "Upgrade")) {
      return refusal(400, "a request for a WebSocket has Connection: Upgrade");
    }
    if (has(fields.getAll(HttpHeaders.CONNECTION), "close")) {
      return refusal(400, "a request for a WebSocket has Connection: Upgrade, and not close");
    }
    if (RequestHead.bodyLength(http) != 0) {
      return refusal(400, "a request for a WebSocket has no body");
    }
    if (!SERVED_VERSION.equals(only(fields, VERSION))) {
      return refusal(
              426, "the version of the WebSocket protocol that is served here is " + SERVED_VERSION)
          .withHeader(VERSION, SERVED_VERSION);
    }
    if (!isKey(only(fields, KEY))) {
      return refusal(400, "a request for a WebSocket has one " + KEY + " of 16 bytes in Base64");
    }
    return null;
  }

  /** The field that there must be once; nothing that would do if there is none, or are several. */
  private static String only(MultiMap fields, String name) {
    List<String> all = fields.getAll(name);
    return all.size() == 1 ? all.getFirst().strip() : "";
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

  private static boolean has(List<String> values, String token) {
    return values.stream()
        .flatMap(value -> Stream.of(value.split(",", -1)))
        .anyMatch(part -> part.strip().equalsIgnoreCase(token));
  }

  /**
   * Writes what opens the socket into the answer's fields. Of those that the handshake is made of
   * the worker says one, which of the client's protocols is spoken.
   */
  static void answer(MultiMap request, MultiMap fields) {
    String protocol = fields.get(PROTOCOL);
    List.of(PROTOCOL, VERSION, KEY, ACCEPT, EXTENSIONS).forEach(fields::remove);
    if (protocol != null && offers(request, protocol)) {
      fields.set(PROTOCOL, protocol);
    }
    fields.set(HttpHeaders.UPGRADE, WEBSOCKET);
    fields.set(HttpHeaders.CONNECTION, "Upgrade");
    fields.set(ACCEPT, accept(only(request, KEY)));
  }

  /** Protocols differ in case, unlike other tokens. */
  private static boolean offers(MultiMap request, String protocol) {
    return request.getAll(PROTOCOL).stream()
        .flatMap(value -> Stream.of(value.split(",", -1)))
        .anyMatch(part -> part.strip().equals(protocol));
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
