// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectStub;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.engine.socket.Frame;
import dev.holdfast.engine.socket.Socket;
import dev.holdfast.engine.socket.SocketConnection;
import dev.holdfast.engine.socket.SocketUpgrade;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A client of a socket, with nothing between it and the engine: it has what was sent to it, in
 * order, binary messages as {@code b:} and their bytes, closes as {@code close} and code and
 * reason.
 */
final class SocketClient implements SocketConnection {
  final List<String> got = new CopyOnWriteArrayList<>();
  final Socket socket;
  private volatile boolean flowChanged;
  private boolean paused;

  private SocketClient(Socket socket) {
    this.socket = socket;
  }

  /** Asks an object for a socket with {@code fetch} of the path {@code /handler}, and opens it. */
  static SocketClient of(TestEngine test, String object, String handler) {
    return of(test.object(object), handler);
  }

  /** The same of any object. */
  static SocketClient of(ScriptedCalls object, String handler) {
    SocketClient client = asked(object, handler);
    assertThat(client.open()).as("opened").isTrue();
    return client;
  }

  /** Asks an object for a socket, without opening it yet. */
  static SocketClient asked(TestEngine test, String object, String handler) {
    return asked(test.object(object), handler);
  }

  private static SocketClient asked(ScriptedCalls object, String handler) {
    Response response = ObjectStub.of(object).fetch(request(handler));
    assertThat(response.status()).isEqualTo(101);
    return new SocketClient(((SocketUpgrade) response.body()).socket());
  }

  /** A second client, which a worker gave the same response. */
  SocketClient second() {
    return new SocketClient(socket);
  }

  static Request request(String handler) {
    return Request.get("/" + handler)
        .withHeader("Connection", "Upgrade")
        .withHeader("Upgrade", "websocket");
  }

  boolean open() {
    return socket.open(this);
  }

  void text(String text) {
    socket.received(this, new WebSocketMessage.Text(text));
  }

  void binary(byte... bytes) {
    socket.received(this, new WebSocketMessage.Binary(bytes));
  }

  void closes(int code, String reason) {
    socket.ended(this, new WebSocketClose(code, reason, true));
  }

  /** Waits until all that it has got is that. */
  void awaits(String... messages) {
    TestEngine.until(
        "has got " + List.of(messages) + ", not " + got, () -> got.equals(List.of(messages)));
  }

  @Override
  public void send(Frame message) {
    got.add(
        message.text()
            ? new String(message.bytes(), StandardCharsets.UTF_8)
            : "b:" + new String(message.bytes(), StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close(int code, String reason) {
    got.add("close " + code + " " + reason);
  }

  @Override
  public void flowChanged() {
    flowChanged = true;
  }

  /** Whether nothing is read from it, after a round of its event loop. */
  boolean paused() {
    if (flowChanged) {
      flowChanged = false;
      paused = !socket.takesMore();
    }
    return paused;
  }
}
