// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The target of a request: scheme, authority, path and query. Immutable.
 *
 * <p>Path segments and query parameters are percent-decoded as UTF-8; bad escapes or bad UTF-8 in
 * either make {@link #parse} and {@link #of} throw. Dot segments are not resolved.
 */
public final class Url {
  private final String scheme;
  private final String authority;
  private final String rawPath;
  private final String rawQuery;

  /** Split at first use, by any thread: every result is the same. */
  private @Nullable List<String> segments;

  private Url(String scheme, String authority, String rawPath, String rawQuery) {
    this.scheme = scheme;
    this.authority = authority;
    this.rawPath = rawPath;
    this.rawQuery = rawQuery;
  }

  /**
   * A URL from its text: absolute ({@code http://host/path?query}) or a path ({@code /path?query}),
   * which is taken to be on {@code http://localhost}.
   *
   * @throws IllegalArgumentException if it is neither, or has bad escapes
   */
  public static Url parse(String text) {
    Objects.requireNonNull(text, "text");
    if (text.startsWith("/")) {
      return of("http", "localhost", text);
    }
    int schemeEnd = text.indexOf("://");
    if (schemeEnd <= 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is neither an absolute URL nor a path that begins with /");
    }
    int authorityStart = schemeEnd + 3;
    int authorityEnd = authorityStart;
    while (authorityEnd < text.length() && "/?#".indexOf(text.charAt(authorityEnd)) < 0) {
      authorityEnd++;
    }
    String target = text.substring(authorityEnd);
    return of(
        text.substring(0, schemeEnd),
        text.substring(authorityStart, authorityEnd),
        target.startsWith("/") ? target : "/" + target);
  }

  /**
   * A URL from its parts. A fragment is dropped.
   *
   * @param target path and query as on the request line, beginning with {@code /}
   * @throws IllegalArgumentException if the target does not begin with a slash or has bad escapes
   */
  public static Url of(String scheme, String authority, String target) {
    Objects.requireNonNull(scheme, "scheme");
    Objects.requireNonNull(authority, "authority");
    if (!target.startsWith("/")) {
      throw new IllegalArgumentException("request target '" + target + "' does not begin with /");
    }
    int fragment = target.indexOf('#');
    String bare = fragment < 0 ? target : target.substring(0, fragment);
    int query = bare.indexOf('?');
    String path = query < 0 ? bare : bare.substring(0, query);
    String rawQuery = query < 0 ? "" : bare.substring(query + 1);
    if (bare.indexOf('%') >= 0) {
      split(path);
      PercentEncoding.decode(rawQuery);
    }
    return new Url(scheme, authority, path, rawQuery);
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
    List<String> known = segments;
    if (known == null) {
      known = split(rawPath);
      segments = known;
    }
    return known;
  }

  /** The decoded segment at {@code index}, from 0; the empty string beyond the last. */
  public String segment(int index) {
    List<String> all = segments();
    return index >= 0 && index < all.size() ? all.get(index) : "";
  }

  /** The first value of a query parameter, decoded, {@code +} as space. */
  public Optional<String> query(String name) {
    int start = 0;
    while (start < rawQuery.length()) {
      int end = rawQuery.indexOf('&', start);
      end = end < 0 ? rawQuery.length() : end;
      String pair = rawQuery.substring(start, end);
      int equals = pair.indexOf('=');
      if (!pair.isEmpty()
          && formDecoded(equals < 0 ? pair : pair.substring(0, equals)).equals(name)) {
        return Optional.of(equals < 0 ? "" : formDecoded(pair.substring(equals + 1)));
      }
      start = end + 1;
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
      segments.add(PercentEncoding.decode(rawPath.substring(start, end)));
      start = end + 1;
    }
    return List.copyOf(segments);
  }

  private static String formDecoded(String raw) {
    return PercentEncoding.decode(raw.replace('+', ' '));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Url that
        && rawPath.equals(that.rawPath)
        && rawQuery.equals(that.rawQuery)
        && authority.equals(that.authority)
        && scheme.equals(that.scheme);
  }

  @Override
  public int hashCode() {
    return Objects.hash(scheme, authority, rawPath, rawQuery);
  }

  @Override
  public String toString() {
    return scheme + "://" + authority + rawPath + (rawQuery.isEmpty() ? "" : "?" + rawQuery);
  }
}
