// SPDX-License-Identifier: Apache-2.0
package chat;

import dev.holdfast.Env;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.ObjectStub;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Url;
import dev.holdfast.Worker;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Leads to the rooms: {@code GET /rooms/{name}} is the page of one, {@code GET
 * /rooms/{name}/socket} its socket, {@code GET /rooms?room={name}} leads there from the form of the
 * lobby. The lobby itself, the style and the script are files of {@code public/}.
 */
public final class ChatWorker implements Worker {
  private static final int LONGEST_NAME = 64;
  private static final Set<String> METHODS = Set.of("GET", "HEAD");

  /** Scripts, styles and connections of this origin alone: nothing that a member writes can run. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private final ObjectNamespace<Room> rooms;
  private final Response page;

  public ChatWorker(Env env) {
    rooms = env.objects(Room.class);
    page =
        Response.html(resource("room.html"))
            .withHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
            .withHeader("Cache-Control", "no-cache");
  }

  @Override
  public Response fetch(Request request) {
    Url url = request.url();
    if (!METHODS.contains(request.method())) {
      return Response.text("rooms have pages to GET")
          .withStatus(405)
          .withHeader("Allow", "GET, HEAD");
    }
    if (!url.segment(0).equals("rooms")) {
      return notFound();
    }
    boolean asked = url.segments().size() == 1;
    String name = asked ? url.query("room").orElse("").strip() : url.segment(1);
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      return Response.text("the name of a room has 1 to %d characters".formatted(LONGEST_NAME))
          .withStatus(400);
    }
    if (name.equals(".") || name.equals("..")) {
      return Response.text(
              "no room is named '%s': that leads elsewhere in an address".formatted(name))
          .withStatus(400);
    }
    if (asked) {
      return Response.status(303).withHeader("Location", "/rooms/" + encoded(name));
    }
    if (url.segments().size() == 2) {
      return page;
    }
    if (url.segments().size() != 3 || !url.segment(2).equals("socket")) {
      return notFound();
    }
    if (isOfAnotherSite(request)) {
      return Response.text("a room takes sockets of its own pages alone").withStatus(403);
    }
    return ObjectStub.of(rooms.getByName(name)).fetch(request);
  }

  private static Response notFound() {
    return Response.text("nothing is here; the page of a room is /rooms/ and its name")
        .withStatus(404);
  }

  /**
   * A browser lets the pages of every site open sockets to every server that it reaches, so also to
   * this machine, and says in Origin whose page it is. What is no browser need not say that.
   */
  private static boolean isOfAnotherSite(Request request) {
    String here = "https?://" + Pattern.quote(request.url().authority());
    return request.header("Origin").filter(origin -> !origin.matches("(?i)" + here)).isPresent();
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(ChatWorker.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
