// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Headers;
import dev.holdfast.ObjectId;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.Worker;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.engine.socket.Frame;
import dev.holdfast.engine.socket.ObjectSockets;
import dev.holdfast.engine.socket.Socket;
import dev.holdfast.engine.socket.SocketEvents;
import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.engine.socket.SocketUpgrade;
import dev.holdfast.store.ObjectRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What stands for an object behind a gateway: accepts every socket and sends back what comes, texts
 * with their number of characters before them if they are long.
 */
final class Room implements Worker, SocketEvents {
  final List<WebSocketClose> closes = new CopyOnWriteArrayList<>();

  /** The first characters of each text. */
  final List<String> begins = Collections.synchronizedList(new ArrayList<>());

  final List<Socket> sockets = new CopyOnWriteArrayList<>();
  final Map<String, String> fields = new ConcurrentHashMap<>(Map.of("X-Room", "1"));
  private final List<Socket> held = new ArrayList<>();
  private boolean slow;
  private final ObjectSockets table;

  Room() {
    SocketTable all = new SocketTable(NodeClock.system(), SocketLimits.DEFAULT);
    all.attach(Map.of("Room", this));
    table = all.hold(new ObjectRef("Room", ObjectId.of(new byte[ObjectId.BYTES], "room")), this);
  }

  @Override
  public Response fetch(Request request) {
    Socket socket = table.propose(Set.of(), null);
    if (socket == null) {
      throw new IllegalStateException("the room is full");
    }
    socket.accepted();
    sockets.add(socket);
    Headers headers = Headers.empty();
    for (Map.Entry<String, String> field : fields.entrySet()) {
      headers = headers.with(field.getKey(), field.getValue());
    }
    return new Response(101, headers, new SocketUpgrade(socket));
  }

  @Override
  public void message(Socket socket, WebSocketMessage message) {
    switch (message) {
      case WebSocketMessage.Text(String text) -> {
        begins.add(text.substring(0, Math.min(3, text.length())));
        socket.send(text(text));
      }
      case WebSocketMessage.Binary(byte[] bytes) -> socket.send(new Frame(false, bytes));
    }
    if (!holds(socket)) {
      // On another stack: it brings the next one.
      Thread.startVirtualThread(socket.inbox()::taken);
    }
  }

  private synchronized boolean holds(Socket socket) {
    if (slow) {
      held.add(socket);
    }
    return slow;
  }

  /** From now on it takes its time: of each client one message is begun and not ended. */
  synchronized void slowDown() {
    slow = true;
  }

  /** How many messages are begun and not ended. */
  synchronized int begun() {
    return held.size();
  }

  /** It is as fast as ever, and ends what it has begun. */
  void speedUp() {
    List<Socket> ending;
    synchronized (this) {
      slow = false;
      ending = List.copyOf(held);
      held.clear();
    }
    ending.forEach(socket -> socket.inbox().taken());
  }

  @Override
  public void closed(Socket socket, WebSocketClose close) {
    closes.add(close);
    socket.inbox().taken();
  }

  static Frame text(String text) {
    return new Frame(true, text.getBytes(StandardCharsets.UTF_8));
  }
}
