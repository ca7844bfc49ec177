// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.WebSocket;
import dev.holdfast.WebSocketClose;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From the acceptance of a socket to its connection, and whose connection it is. */
final class SocketOpeningTest extends EngineSuite {
  /** Longer than a response may be on its way. */
  private static final Duration TOO_LONG = Duration.ofSeconds(31);

  private static final WebSocketClose NEVER = new WebSocketClose(1006, "no answer", false);

  @BeforeEach
  void accepting() {
    test.handler("accept", (self, request) -> self.context().webSockets().accept(request, 7));
    test.onMessage(
        (self, socket, message) ->
            socket.send(
                self.activation() + ":" + message.text() + ":" + socket.attachment(Integer.class)));
    test.onClose((self, socket, close) -> test.trace.add(close.code() + " " + close.reason()));
    test.script("nothing", self -> "");
    test.script(
        "abort",
        self -> {
          self.context().abort("on purpose");
          return "";
        });
  }

  private void awaitTold(String... ends) {
    until("told", () -> test.sockets().size() == 0);
    assertThat(test.trace).containsExactly(ends);
  }

  @Test
  void secondClientOfAResponse_isRefused_andNothingItDoesReachesTheSocket() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    SocketClient second = client.second();
    assertThat(second.open()).isFalse();
    second.text("not mine");
    second.closes(1000, "not mine");
    client.text("x");
    client.awaits("1:x:7");
    assertThat(second.got).isEmpty();
    client.closes(1000, "bye");
    awaitTold("1000 bye");
  }

  @Test
  void whoHasNotOpened_canNeitherSendNorEnd() {
    SocketClient client = SocketClient.asked(test, "a", "accept");
    client.text("early");
    client.closes(1000, "early");
    assertThat(client.open()).isTrue();
    client.text("x");
    client.awaits("1:x:7");
  }

  @Test
  void thatNobodyWillOpen_isToldOnce_andTooLateForAConnection() {
    SocketClient client = SocketClient.asked(test, "a", "accept");
    client.socket.ended(null, NEVER);
    client.socket.ended(null, NEVER);
    assertThat(client.open()).isFalse();
    awaitTold("1006 no answer");
    test.clock.advance(TOO_LONG);
    assertThat(test.trace).hasSize(1);
  }

  @Test
  void thatNobodyWillOpen_doesNotEndASocketThatIsOpen() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.socket.ended(null, NEVER);
    test.clock.advance(TOO_LONG);
    client.text("x");
    until("answered", () -> client.got.size() == 1);
    assertThat(client.got.getFirst()).endsWith(":x:7");
  }

  @Test
  void whatIsOpenOrHasEnded_isNotKeptByTheTimeItHadToOpen() {
    get(test.call("a", "nothing"));
    int others = test.clock.pending();
    SocketClient open = SocketClient.of(test, "a", "accept");
    SocketClient ended = SocketClient.asked(test, "a", "accept");
    assertThat(test.clock.pending()).isEqualTo(others + 1);
    ended.socket.ended(null, NEVER);
    until("told", () -> test.sockets().size() == 1);
    assertThat(test.clock.pending()).isEqualTo(others);
    open.closes(1000, "bye");
    awaitTold("1006 no answer", "1000 bye");
  }

  @Test
  void objectThatSleepsOrIsReset_beforeTheSocketOpens_hasItAllTheSame() {
    SocketClient sleeping = SocketClient.asked(test, "a", "accept");
    test.letSleep();
    assertThat(sleeping.open()).isTrue();
    sleeping.text("x");
    sleeping.awaits("2:x:7");
    SocketClient reset = SocketClient.asked(test, "a", "accept");
    failure(test.call("a", "abort"));
    assertThat(reset.open()).isTrue();
    reset.text("y");
    reset.awaits("3:y:7");
  }

  @Test
  void closedBeforeItIsOpen_getsWhatWasSentAndTheClose_whenItIs() {
    test.handler(
        "goodbye",
        (self, request) -> {
          Response response = self.context().webSockets().accept(request);
          WebSocket socket = self.context().webSockets().all().getFirst();
          socket.send("goodbye");
          socket.close(4000, "full");
          return response;
        });
    SocketClient client = SocketClient.asked(test, "a", "goodbye");
    assertThat(client.open()).isTrue();
    assertThat(client.got).containsExactly("goodbye", "close 4000 full");
    client.text("not taken");
    client.closes(4000, "full");
    awaitTold("4000 full");
    assertThat(client.got).hasSize(2);
  }

  @Test
  void closedBeforeItIsOpen_andNeverOpened_isTold() {
    SocketClient client = SocketClient.asked(test, "a", "accept");
    test.script(
        "close",
        self -> {
          self.context().webSockets().all().getFirst().close();
          return "";
        });
    get(test.call("a", "close"));
    client.socket.ended(null, NEVER);
    awaitTold("1006 no answer");
  }

  @Test
  void manyMessagesBeforeItIsOpen_areBounded_alsoIfTheyAreEmpty() {
    test.handler("flood", SocketOpeningTest::flood);
    SocketClient within = SocketClient.asked(test, "a", "flood?16384");
    assertThat(within.open()).isTrue();
    assertThat(within.got).hasSize(16_384);
    SocketClient beyond = SocketClient.asked(test, "a", "flood?16386");
    assertThat(beyond.open()).isTrue();
    assertThat(beyond.got).singleElement().asString().startsWith("close 1008 ");
  }

  private static Response flood(Scripted self, Request request) {
    Response response = self.context().webSockets().accept(request);
    WebSocket socket = self.context().webSockets().all().getLast();
    int messages = Integer.parseInt(request.url().rawQuery());
    for (int i = 0; i < messages; i++) {
      socket.send("");
    }
    return response;
  }
}
