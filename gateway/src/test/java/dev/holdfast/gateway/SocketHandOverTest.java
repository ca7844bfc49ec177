// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static java.util.stream.IntStream.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.WebSocketClose;
import dev.holdfast.engine.socket.Frame;
import dev.holdfast.gateway.RawConnection.Ending;
import dev.holdfast.gateway.RawConnection.RawResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to a connection around the moment in which it becomes a socket. */
class SocketHandOverTest {
  private static final GatewayOptions OPTIONS =
      GatewayOptions.defaults().withPort(0).withEventLoops(1);
  private static final String ASKING =
      """
      GET /room HTTP/1.1\r
      Host: h\r
      Connection: Upgrade\r
      Upgrade: websocket\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      \r
      """;

  private final Room room = new Room();
  private final List<Frame> sentBeforeTheAnswer = new ArrayList<>();
  private final CountDownLatch accepts = new CountDownLatch(1);
  private final Gateway gateway = Gateway.start(OPTIONS, this::answer);

  private Response answer(Request request) throws Exception {
    if (request.url().path().equals("/room")) {
      accepts.await();
      Response response = room.fetch(request);
      sentBeforeTheAnswer.forEach(room.sockets.getLast()::send);
      return response;
    }
    return Response.text("x".repeat(Integer.parseInt(request.url().segment(0))));
  }

  @AfterEach
  void stop() {
    accepts.countDown();
    gateway.close();
    await().until(() -> gateway.connections() == 0);
  }

  /** Asks for a socket, and returns when the worker has the request. */
  private void ask(RawConnection connection) throws Exception {
    connection.send(ASKING);
    await().until(() -> gateway.serving() == 1);
  }

  /** Returns when the event loop has seen what happened before. */
  private void awaitLoop() throws Exception {
    try (RawConnection other = RawConnection.to(gateway)) {
      for (int i = 0; i < 3; i++) {
        assertThat(other.sendHead("GET /1 HTTP/1.1").read().body()).isEqualTo("x");
      }
    }
  }

  private void awaitLost() {
    await().until(() -> !room.closes.isEmpty());
    assertThat(room.closes)
        .containsExactly(new WebSocketClose(1006, "the client closed the connection", false));
    await().until(() -> gateway.sockets() == 0);
  }

  @Test
  void connectionThatHasServedRequests_becomesASocket() throws Exception {
    accepts.countDown();
    try (RawConnection connection = RawConnection.to(gateway)) {
      for (int length : new int[] {1, 1_000_000, 10_000_000}) {
        assertThat(connection.sendHead("GET /%d HTTP/1.1".formatted(length)).read().body())
            .hasSize(length);
      }
      FrameClient client = FrameClient.over(connection);
      String large = "x".repeat(500_000);
      for (String text : new String[] {"hello", large, ""}) {
        assertThat(client.text(text).read().text()).isEqualTo(text);
      }
      client.close(1000, "bye").read();
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
    await().until(() -> !room.closes.isEmpty());
    assertThat(room.closes).containsExactly(new WebSocketClose(1000, "bye", true));
  }

  @Test
  void whatTheObjectSentBeforeTheAnswer_comesRightBehindIt_wholeAndInOrder() throws Exception {
    accepts.countDown();
    for (int numbers : new int[] {10_000, 1, 40_000, 150_000, 0}) {
      sentBeforeTheAnswer.add(Room.text(range(0, numbers).boxed().toList().toString()));
    }
    for (int round = 0; round < 20; round++) {
      try (RawConnection connection = RawConnection.to(gateway)) {
        FrameClient client = FrameClient.over(connection);
        client.text("and this");
        for (Frame sent : sentBeforeTheAnswer) {
          assertThat(client.read().payload()).isEqualTo(sent.bytes());
        }
        assertThat(client.read().text()).isEqualTo("and this");
      }
    }
  }

  @Test
  void requestForASocket_behindAnAnswerThatItsClientHasNotTaken_isAnsweredBehindThat()
      throws Exception {
    accepts.countDown();
    try (RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET /10000000 HTTP/1.1").send(ASKING);
      awaitLoop();
      assertThat(connection.read().body()).hasSize(10_000_000);
      assertThat(connection.readHead().status()).isEqualTo(101);
    }
    awaitLost();
  }

  @Test
  void clientThatEndsItsStreamBeforeTheAnswer_getsThatAndTheEnd() throws Exception {
    try (RawConnection connection = RawConnection.to(gateway)) {
      ask(connection);
      connection.socket().shutdownOutput();
      awaitLoop();
      accepts.countDown();
      assertThat(connection.readHead().status()).isEqualTo(101);
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
    awaitLost();
  }

  @Test
  void clientThatIsGoneBeforeTheAnswer_isToldToTheObject() throws Exception {
    try (RawConnection connection = RawConnection.to(gateway)) {
      ask(connection);
      connection.socket().setSoLinger(true, 0);
    }
    awaitLoop();
    accepts.countDown();
    awaitLost();
  }

  @Test
  void stopBeforeTheAnswer_refusesTheSocket() throws Exception {
    try (RawConnection connection = RawConnection.to(gateway);
        RawConnection idle = RawConnection.to(gateway)) {
      assertThat(idle.sendHead("GET /1 HTTP/1.1").read().body()).isEqualTo("x");
      ask(connection);
      Thread stopping = Thread.startVirtualThread(gateway::close);
      assertThat(idle.readToEnd()).isEqualTo(new Ending("", false));
      accepts.countDown();
      RawResponse refused = connection.read();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      stopping.join();
    }
    await().until(() -> !room.closes.isEmpty());
    assertThat(room.closes).extracting(WebSocketClose::code).containsExactly(1006);
  }
}
