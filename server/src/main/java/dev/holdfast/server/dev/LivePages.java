// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import dev.holdfast.Body;
import dev.holdfast.Headers;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Adds a script to the pages of an app. It shows in the page why code cannot be put in place, and
 * loads anew what the page shows when that has changed; sockets are left alone. Thread-safe.
 *
 * <p>The script is a file of this server, so a page's {@code Content-Security-Policy} has to allow
 * no more than {@code script-src 'self'} and {@code connect-src 'self'}.
 */
final class LivePages implements Worker {
  private static final String SCRIPT = "/.holdfast/live.js";
  private static final String NEWS = "/.holdfast/live";

  /** Behind the page's end it belongs to the page's body, as browsers are bound to read it. */
  private static final byte[] TAG =
      ("<script src=\"" + SCRIPT + "\"></script>\n").getBytes(StandardCharsets.US_ASCII);

  private static final Set<Integer> WITHOUT_PAGE = Set.of(101, 204, 206, 304);
  private static final Set<String> METHODS_OF_PAGES = Set.of("GET", "HEAD");
  private static final Set<String> OF_A_VERSION =
      Set.of("etag", "last-modified", "accept-ranges", "cache-control", "expires");

  private final Worker app;
  private final PageNews news;
  private final byte[] script = script();

  LivePages(Worker app, PageNews news) {
    this.app = app;
    this.news = news;
  }

  @Override
  public Response fetch(Request request) throws Exception {
    return switch (request.url().path()) {
      case SCRIPT ->
          Response.bytes(script)
              .withHeader("Content-Type", "text/javascript; charset=utf-8")
              .withHeader("Cache-Control", "no-store");
      case NEWS -> Response.events(news::sendTo);
      default -> {
        Response response = app.fetch(request);
        yield METHODS_OF_PAGES.contains(request.method()) && isPage(response)
            ? new Response(
                response.status(),
                withoutVersion(response.headers()),
                tagged(response.body(), request.method().equals("HEAD")))
            : response;
      }
    };
  }

  private static boolean isPage(Response response) {
    return !WITHOUT_PAGE.contains(response.status())
        && response.header("Content-Encoding").isEmpty()
        && response
            .header("Content-Type")
            .filter(type -> type.toLowerCase(Locale.ROOT).startsWith("text/html"))
            .isPresent();
  }

  /**
   * What tells of the page as it is without the script; nor is one to be shown when that is old.
   */
  private static Headers withoutVersion(Headers headers) {
    List<String> fields = new ArrayList<>();
    headers.forEach(
        (name, value) -> {
          if (!OF_A_VERSION.contains(name.toLowerCase(Locale.ROOT))) {
            fields.add(name);
            fields.add(value);
          }
        });
    return Headers.ofAll(fields).with("Cache-Control", "no-store");
  }

  /**
   * @param headOnly whether it is not sent: then there may be none, whatever the length would be
   */
  private static Body tagged(Body page, boolean headOnly) {
    return switch (page) {
      case Body.InMemory whole when headOnly && whole.bytes().length == 0 ->
          Body.writing(out -> out.write(TAG));
      case Body.InMemory whole -> {
        byte[] bytes = whole.bytes();
        byte[] both = Arrays.copyOf(bytes, bytes.length + TAG.length);
        System.arraycopy(TAG, 0, both, bytes.length, TAG.length);
        yield Body.of(both);
      }
      case Body.Written written ->
          Body.writing(
              out -> {
                written.writeTo(out);
                out.write(TAG);
              });
      default ->
          new Tagged(
              page.length().isPresent()
                  ? OptionalLong.of(page.length().getAsLong() + TAG.length)
                  : OptionalLong.empty(),
              new SequenceInputStream(page.stream(), new ByteArrayInputStream(TAG)));
    };
  }

  /**
   * A page with the script: as long as both, so that a page that breaks off does not look whole.
   */
  private record Tagged(OptionalLong length, InputStream stream) implements Body {}

  private static byte[] script() {
    try (InputStream in = LivePages.class.getResourceAsStream("live.js")) {
      return Objects.requireNonNull(in, "live.js").readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read live.js", e);
    }
  }
}
