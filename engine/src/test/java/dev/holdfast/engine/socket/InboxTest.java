// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectId;
import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.store.ObjectRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What comes of a socket's client is brought to its object in order, each once. */
class InboxTest {
  private static final WebSocketClose BYE = new WebSocketClose(1000, "bye", true);

  private final List<Object> brought = new ArrayList<>();

  /** Takes messages when it is told to, and the end at once. */
  private final SocketEvents object =
      new SocketEvents() {
        @Override
        public void message(Socket socket, WebSocketMessage message) {
          brought.add("message");
        }

        @Override
        public void closed(Socket socket, WebSocketClose close) {
          brought.add(close);
          socket.inbox().taken();
        }
      };

  private Socket accept() {
    SocketTable table = new SocketTable(NodeClock.system(), SocketLimits.DEFAULT);
    table.attach(Map.of("Room", object));
    ObjectRef room = new ObjectRef("Room", ObjectId.of(new byte[ObjectId.BYTES], "room"));
    Socket socket = Objects.requireNonNull(table.hold(room, this).propose(Set.of(), null));
    socket.accepted();
    return socket;
  }

  @Test
  void end_thatComesWhileTheLastMessageIsTaken_isToldOnce() {
    Socket socket = accept();
    SocketConnection connection =
        new SocketConnection() {
          @Override
          public void send(Frame message) {}

          @Override
          public void close(int code, String reason) {}

          @Override
          public void flowChanged() {
            if (socket.takesMore()) {
              // Its own thread may be as fast as that.
              CompletableFuture.runAsync(() -> socket.ended(this, BYE)).join();
            }
          }
        };
    assertThat(socket.open(connection)).isTrue();
    int tooMuch = SocketLimits.DEFAULT.receiveBytes() + 1;
    socket.received(connection, new WebSocketMessage.Binary(new byte[tooMuch]));
    assertThat(socket.takesMore()).isFalse();

    socket.inbox().taken();

    assertThat(brought).containsExactly("message", BYE);
  }
}
