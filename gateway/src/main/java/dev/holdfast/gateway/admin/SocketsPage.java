// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.admin;

import dev.holdfast.engine.socket.SocketTable;
import io.vertx.core.json.JsonObject;
import java.util.TreeMap;
import java.util.function.IntSupplier;

/**
 * Which sockets there are. Those of objects are a moment ahead of their connections, both when they
 * open and when they close.
 *
 * @param connections how many connections are sockets
 * @param sockets those of objects
 */
public record SocketsPage(IntSupplier connections, SocketTable sockets) implements AdminPage {
  @Override
  public String path() {
    return "/sockets";
  }

  @Override
  public String about() {
    return "WebSockets of clients, by the namespace of their objects";
  }

  @Override
  public Answer answer() {
    JsonObject namespaces = new JsonObject();
    new TreeMap<>(sockets.sizeByNamespace()).forEach(namespaces::put);
    return Answer.of(
        new JsonObject()
            .put("connections", connections.getAsInt())
            .put("sockets", sockets.size())
            .put("namespaces", namespaces));
  }
}
