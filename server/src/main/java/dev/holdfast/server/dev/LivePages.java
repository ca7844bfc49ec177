// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import dev.holdfast.Body;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
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
        yield request.method().equals("GET") && isPage(response)
            ? new Response(response.status(), response.headers(), tagged(response.body()))
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

  private static Body tagged(Body page) {
    return switch (page) {
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
      default -> Body.of(new SequenceInputStream(page.stream(), new ByteArrayInputStream(TAG)));
    };
  }

  private static byte[] script() {
    try (InputStream in = LivePages.class.getResourceAsStream("live.js")) {
      return Objects.requireNonNull(in, "live.js").readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read live.js", e);
    }
  }
}
