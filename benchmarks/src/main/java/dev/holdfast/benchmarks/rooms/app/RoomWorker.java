// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.app;

import dev.holdfast.Env;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.ObjectStub;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Url;
import dev.holdfast.Worker;

/** {@code GET /rooms/{name}} is the socket of a room, {@code GET /} says that there are rooms. */
public final class RoomWorker implements Worker {
  private final ObjectNamespace<Room> rooms;

  public RoomWorker(Env env) {
    rooms = env.objects(Room.class);
  }

  @Override
  public Response fetch(Request request) {
    Url url = request.url();
    if (url.segments().size() == 2 && url.segment(0).equals("rooms")) {
      return ObjectStub.of(rooms.getByName(url.segment(1))).fetch(request);
    }
    return Response.text("rooms");
  }
}
