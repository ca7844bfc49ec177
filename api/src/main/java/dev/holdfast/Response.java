// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;

/**
 * An HTTP response. Immutable but for its body, which can be sent once if it is a stream.
 *
 * @param status the status code, 200 to 599, or 101 where {@link WebSockets#accept} made it
 * @param headers the header fields; length and connection fields are the platform's
 * @param body the body; empty if there is none
 */
public record Response(int status, Headers headers, Body body) {
  private static final Headers TEXT = Headers.of("Content-Type", "text/plain; charset=utf-8");
  private static final Headers HTML = Headers.of("Content-Type", "text/html; charset=utf-8");
  private static final Headers EVENTS =
      Headers.of("Content-Type", "text/event-stream; charset=utf-8")
          .with("Cache-Control", "no-store")
          .with("X-Accel-Buffering", "no");

  public Response {
    if ((status < 200 || status > 599) && status != 101) {
      throw new IllegalArgumentException("status " + status + " is not in 200 to 599");
    }
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(body, "body");
  }

  /** 200 with {@code value} printed as text. */
  public static Response text(Object value) {
    return new Response(200, TEXT, Body.of(String.valueOf(value)));
  }

  /** 200 with that HTML. */
  public static Response html(String html) {
    return new Response(200, HTML, Body.of(html));
  }

  /** 200 with those bytes, not copied. */
  public static Response bytes(byte[] bytes) {
    return new Response(200, Headers.empty(), Body.of(bytes));
  }

  /** 200 with what {@code stream} yields, sent as it comes. */
  public static Response stream(InputStream stream) {
    return new Response(200, Headers.empty(), Body.of(stream));
  }

  /** 200 with what {@code writer} writes, sent when a few KiB are there and when it flushes. */
  public static Response stream(Body.Writer writer) {
    return new Response(200, Headers.empty(), Body.writing(writer));
  }

  /**
   * 200 with the server-sent events that {@code writer} sends, each at once; neither caches nor
   * proxies are to hold them back.
   *
   * <pre>{@code
   * return Response.events(
   *     stream -> {
   *       for (int left = 10; left > 0; left--) {
   *         stream.send(left + " s left");
   *         ctx().sleep(Duration.ofSeconds(1));
   *       }
   *       stream.send(ServerSentEvent.of("go").withType("start"));
   *     });
   * }</pre>
   */
  public static Response events(EventStream.Writer writer) {
    return new Response(200, EVENTS, EventStream.body(writer));
  }

  /** That status and no body. */
  public static Response status(int status) {
    return new Response(status, Headers.empty(), Body.empty());
  }

  /** The first value of a header field. */
  public Optional<String> header(String name) {
    return headers.first(name);
  }

  /** This response with another status. */
  public Response withStatus(int newStatus) {
    return new Response(newStatus, headers, body);
  }

  /** This response with one more header field. */
  public Response withHeader(String name, String value) {
    return new Response(status, headers.with(name, value), body);
  }
}
