// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.app;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.WebSocket;
import dev.holdfast.WebSocketMessage;

/** Sends what a member says to all members, and stores nothing. */
public final class RoomObject extends DurableObject implements Room {

  public RoomObject(ObjectContext ctx) {
    super(ctx);
  }

  @Override
  protected Response fetch(Request request) {
    return ctx().webSockets().accept(request);
  }

  @Override
  protected void webSocketMessage(WebSocket socket, WebSocketMessage message) {
    String text = message.text();
    for (WebSocket member : ctx().webSockets().all()) {
      member.send(text);
    }
  }
}
