// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The target of a request: scheme, authority, path and query. Immutable.
 *
 * <p>Path segments and query parameters are percent-decoded as UTF-8; bad escapes or bad UTF-8 make
 * {@link #parse} throw. Dot segments are not resolved.
 */
public final class Url {
  private final String scheme;
  private final String authority;
  private final String rawPath;
  private final String rawQuery;
  private final List<String> segments;

  private Url(String scheme, String authority, String rawPath, String rawQuery) {
    this.scheme = scheme;
    this.authority = authority;
    this.rawPath = rawPath;
    this.rawQuery = rawQuery;
    this.segments = split(rawPath);
  }

  /**
   * A URL from its text: absolute ({@code http://host/path?query}) or a path ({@code /path?query}),
   * which is taken to be on {@code http://localhost}.
   *
   * @throws IllegalArgumentException if it is neither, or has bad escapes
   */
  public static Url parse(String text) {
    Objects.requireNonNull(text, "text");
    int schemeEnd = text.indexOf("://");
    if (text.startsWith("/")) {
      return of("http", "localhost", text);
    }
    if (schemeEnd <= 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is neither an absolute URL nor a path that begins with /");
    }
    int pathStart = text.indexOf('/', schemeEnd + 3);
    return of(
        text.substring(0, schemeEnd),
        pathStart < 0 ? text.substring(schemeEnd + 3) : text.substring(schemeEnd + 3, pathStart),
        pathStart < 0 ? "/" : text.substring(pathStart));
  }

  /**
   * A URL from its parts.
   *
   * @param target path and query as on the request line, beginning with {@code /}
   * @throws IllegalArgumentException if the target does not begin with a slash or has bad escapes
   */
  public static Url of(String scheme, String authority, String target) {
    if (!target.startsWith("/")) {
      throw new IllegalArgumentException("request target '" + target + "' does not begin with /");
    }
    int fragment = target.indexOf('#');
    String bare = fragment < 0 ? target : target.substring(0, fragment);
    int query = bare.indexOf('?');
    return query < 0
        ? new Url(scheme, authority, bare, "")
        : new Url(scheme, authority, bare.substring(0, query), bare.substring(query + 1));
  }

  /** {@code http} or {@code https}. */
  public String scheme() {
    return scheme;
  }

  /** Host and, where given, port. */
  public String authority() {
    return authority;
  }

  /** The path as received, escapes and all. */
  public String path() {
    return rawPath;
  }

  /** The query as received, without the question mark; empty if there is none. */
  public String rawQuery() {
    return rawQuery;
  }

  /** The decoded segments of the path: {@code /counters/a} has two. */
  public List<String> segments() {
    return segments;
  }

  /** The decoded segment at {@code index}, from 0; the empty string beyond the last. */
  public String segment(int index) {
    return index >= 0 && index < segments.size() ? segments.get(index) : "";
  }

  /** The first value of a query parameter, decoded, {@code +} as space. */
  public Optional<String> query(String name) {
    for (String pair : rawQuery.split("&", -1)) {
      int equals = pair.indexOf('=');
      String key = equals < 0 ? pair : pair.substring(0, equals);
      if (decode(key.replace('+', ' ')).equals(name)) {
        return Optional.of(equals < 0 ? "" : decode(pair.substring(equals + 1).replace('+', ' ')));
      }
    }
    return Optional.empty();
  }

  private static List<String> split(String rawPath) {
    if (rawPath.length() <= 1) {
      return List.of();
    }
    List<String> segments = new ArrayList<>(4);
    int start = 1;
    while (start <= rawPath.length()) {
      int end = rawPath.indexOf('/', start);
      end = end < 0 ? rawPath.length() : end;
      segments.add(decode(rawPath.substring(start, end)));
      start = end + 1;
    }
    return List.copyOf(segments);
  }

  private static String decode(String raw) {
    if (raw.indexOf('%') < 0) {
      return raw;
    }
    ByteBuffer bytes = ByteBuffer.allocate(raw.length() * 3);
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '%') {
        bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      int high = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
      int low = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 2), 16) : -1;
      if (high < 0 || low < 0) {
        throw new IllegalArgumentException(
            "bad percent escape at index " + i + " of '" + raw + "'");
      }
      bytes.put((byte) (high * 16 + low));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("'" + raw + "' is not UTF-8 once decoded", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Url that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    return scheme + "://" + authority + rawPath + (rawQuery.isEmpty() ? "" : "?" + rawQuery);
  }
}
