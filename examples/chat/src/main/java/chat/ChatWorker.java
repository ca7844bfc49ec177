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
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** {@code GET /} and {@code GET /{room}} are the page, {@code GET /{room}/socket} is its socket. */
public final class ChatWorker implements Worker {
  private final ObjectNamespace<Room> rooms;
  private final String page = resource("page.html");

  public ChatWorker(Env env) {
    rooms = env.objects(Room.class);
  }

  @Override
  public Response fetch(Request request) {
    Url url = request.url();
    if (!request.method().equals("GET")) {
      return Response.status(405).withHeader("Allow", "GET");
    }
    boolean socket = url.segments().size() == 2 && url.segment(1).equals("socket");
    if (socket && !url.segment(0).isEmpty()) {
      return ObjectStub.of(rooms.getByName(url.segment(0))).fetch(request);
    }
    return url.segments().size() <= 1 ? Response.html(page) : Response.status(404);
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(ChatWorker.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
