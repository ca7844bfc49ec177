// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/**
 * An HTTP request, received or to be sent. Immutable but for its body, which can be read once if it
 * is a stream.
 *
 * @param method the method: an HTTP token, case-sensitive; the known ones are in upper case
 * @param url the target
 * @param headers the header fields
 * @param body the body; empty if there is none
 */
public record Request(String method, Url url, Headers headers, Body body) {
  public Request {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(body, "body");
    if (!Headers.isToken(method)) {
      throw new IllegalArgumentException("'" + method + "' is not an HTTP method");
    }
  }

  /** A GET of that URL or path. */
  public static Request get(String url) {
    return new Request("GET", Url.parse(url), Headers.empty(), Body.empty());
  }

  /** A POST of that text to that URL or path. */
  public static Request post(String url, String text) {
    return new Request("POST", Url.parse(url), Headers.empty(), Body.of(text));
  }

  /** The first value of a header field. */
  public Optional<String> header(String name) {
    return headers.first(name);
  }

  /**
   * The id of the last server-sent event that a client got before its {@link EventStream} broke off
   * and it came back: what {@link ServerSentEvent#id} was given. A client may say anything here, so
   * look it up, do not trust it. Empty if the client is new, or never got an id.
   *
   * @return the header {@code Last-Event-ID}, whose bytes are UTF-8; malformed ones are replaced
   */
  public Optional<String> lastEventId() {
    return header("Last-Event-ID")
        .filter(id -> !id.isEmpty())
        .map(id -> new String(id.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
  }

  /** The first value of a query parameter, decoded. */
  public Optional<String> query(String name) {
    return url.query(name);
  }

  /** This request with one more header field. */
  public Request withHeader(String name, String value) {
    return new Request(method, url, headers.with(name, value), body);
  }
}
