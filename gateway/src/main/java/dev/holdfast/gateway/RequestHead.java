// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Body;
import dev.holdfast.Headers;
import dev.holdfast.Request;
import dev.holdfast.Url;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request, as the worker gets it. A head is checked in two steps: how long the body
 * is on the event loop, which needs to know at once, all else on the thread that runs the worker.
 */
final class RequestHead implements BiConsumer<String, String> {
  /** The length of a body that ends where its last chunk says. */
  static final long UNKNOWN = -1;

  private static final String ID_FIELD = RequestId.FIELD.toString();

  /** The characters of a host and port, by their codes. */
  private static final boolean[] AUTHORITY = authorityCharacters();

  private final List<String> fields = new ArrayList<>(16);
  private @Nullable String host;

  private RequestHead() {}

  /**
   * The number of bytes in the body of a request, or {@link #UNKNOWN}.
   *
   * @throws Refusal if the head does not say it in one way only
   */
  static long bodyLength(HttpServerRequest http) {
    MultiMap headers = http.headers();
    String coding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
    if (coding == null) {
      String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
      return length == null ? 0 : parseLength(length);
    }
    if (http.version() != HttpVersion.HTTP_1_1
        || headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      throw new Refusal(
          400, "Transfer-Encoding is for HTTP/1.1 and for requests without Content-Length");
    }
    if (!coding.equalsIgnoreCase("chunked")
        || headers.getAll(HttpHeaderNames.TRANSFER_ENCODING).size() > 1) {
      throw new Refusal(501, "the only Transfer-Encoding that is served here is chunked");
    }
    return UNKNOWN;
  }

  private static long parseLength(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Refusal(400, "Content-Length is not a number of bytes");
    }
  }

  /**
   * Whether the client waits for a sign before it sends the body.
   *
   * @throws Refusal if it expects something else
   */
  static boolean expectsContinue(HttpServerRequest http) {
    String expectation = http.headers().get(HttpHeaderNames.EXPECT);
    if (expectation == null) {
      return false;
    }
    if (!expectation.equalsIgnoreCase("100-continue")) {
      throw new Refusal(417, "the only expectation that is met here is 100-continue");
    }
    return http.version() == HttpVersion.HTTP_1_1;
  }

  /** Whether the client says that it sends no request after this one. */
  static boolean isLast(HttpServerRequest http) {
    String connection = http.headers().get(HttpHeaderNames.CONNECTION);
    return connection != null
        && http.headers().getAll(HttpHeaderNames.CONNECTION).stream()
            .flatMap(value -> Stream.of(value.split(",")))
            .anyMatch(option -> option.strip().equalsIgnoreCase("close"));
  }

  /** What to answer to a head that the decoder could not make sense of. */
  static Refusal refusal(@Nullable Throwable cause, GatewayLimits limits) {
    return switch (cause) {
      case Refusal refusal -> refusal;
      case TooLongHttpLineException _ ->
          new Refusal(
              414,
              "the request line is longer than the limit of %d bytes (limits.request-line-bytes)"
                  .formatted(limits.requestLineBytes()));
      case TooLongFrameException _ ->
          new Refusal(
              431,
              "the header fields are longer than the limit of %d bytes (limits.header-bytes)"
                  .formatted(limits.headerBytes()));
      case null, default -> new Refusal(400, "the head of the request is malformed");
    };
  }

  /**
   * The request as the worker gets it.
   *
   * @param scheme spoken on its connection: asking Vert.x costs a search for the encryption
   * @param id of the request, in the place of what its client may have said
   * @throws Refusal if the head is not valid
   */
  static Request request(HttpServerRequest http, String scheme, AsciiString id, Body body) {
    RequestHead head = new RequestHead();
    http.headers().forEach(head);
    head.fields.add(ID_FIELD);
    head.fields.add(id.toString());
    return new Request(http.method().name(), head.url(http, scheme), head.headers(), body);
  }

  private Headers headers() {
    try {
      return Headers.ofAll(fields);
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, "a header field of the request is malformed");
    }
  }

  @Override
  public void accept(String name, String value) {
    if (name.length() == 4 && name.equalsIgnoreCase("host")) {
      if (host != null) {
        throw new Refusal(400, "a request has one Host header, not several");
      }
      host = value;
    } else if (name.equalsIgnoreCase("Sec-WebSocket-Key1")) {
      // Makes the parser read eight bytes as a body that no other parser would.
      throw new Refusal(400, "this version of the WebSocket protocol is not served here");
    } else if (RequestId.isField(name)) {
      return;
    }
    fields.add(name);
    fields.add(value);
  }

  private Url url(HttpServerRequest http, String scheme) {
    String target = http.uri();
    if (host == null && http.version() == HttpVersion.HTTP_1_1) {
      throw new Refusal(400, "an HTTP/1.1 request has a Host header");
    }
    String authority = host == null || host.isEmpty() ? "localhost" : host;
    checkAuthority(authority);
    try {
      return target.startsWith("/") ? Url.of(scheme, authority, target) : absolute(scheme, target);
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          400, "the request target is not a path or URL, or its percent escapes are not UTF-8");
    }
  }

  /** A target that names its host, which counts and not the Host header. */
  private static Url absolute(String scheme, String target) {
    Url url = Url.parse(target);
    checkAuthority(url.authority());
    if (!url.scheme().equalsIgnoreCase("http") && !url.scheme().equalsIgnoreCase("https")) {
      throw new Refusal(400, "the request target is not a path or a URL of http");
    }
    if (!url.scheme().equalsIgnoreCase(scheme)) {
      throw new Refusal(421, "this connection is for targets of " + scheme);
    }
    if (url.authority().isEmpty()) {
      throw new Refusal(400, "the request target is a URL without a host");
    }
    String query = url.rawQuery().isEmpty() ? "" : "?" + url.rawQuery();
    return Url.of(scheme, url.authority(), url.path() + query);
  }

  private static boolean[] authorityCharacters() {
    boolean[] authority = new boolean[0x7f];
    for (char c = '!'; c < authority.length; c++) {
      authority[c] = "\"#/<>?@\\^`{|}".indexOf(c) < 0;
    }
    return authority;
  }

  private static void checkAuthority(String authority) {
    for (int i = 0; i < authority.length(); i++) {
      char c = authority.charAt(i);
      if (c >= AUTHORITY.length || !AUTHORITY[c]) {
        throw new Refusal(400, "the Host header or the host of the target is not a host and port");
      }
    }
  }
}
