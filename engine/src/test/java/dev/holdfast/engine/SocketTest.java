// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static dev.holdfast.engine.TestEngine.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.LimitExceededException;
import dev.holdfast.ObjectStub;
import dev.holdfast.Request;
import dev.holdfast.WebSocket;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.engine.socket.Socket;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What sockets do while nothing goes wrong. */
final class SocketTest extends EngineSuite {

  @BeforeEach
  void accepting() {
    test.handler("accept", (self, request) -> self.context().webSockets().accept(request));
    test.handler(
        "tagged",
        (self, request) ->
            self.context()
                .webSockets()
                .accept(request, "of " + request.query("tag").orElse(""), tag(request)));
    test.onMessage(
        (self, socket, message) -> {
          switch (message) {
            case WebSocketMessage.Text(String text) -> socket.send("echo " + text);
            case WebSocketMessage.Binary(byte[] bytes) -> socket.send(bytes);
          }
        });
  }

  private static String tag(Request request) {
    return request.query("tag").orElseThrow();
  }

  @Test
  @Conformance("C-WS-01")
  void accepted_isAmongTheSocketsOfTheObject() {
    test.script("count", self -> String.valueOf(self.context().webSockets().all().size()));
    SocketClient.of(test, "a", "accept");
    assertThat(get(test.call("a", "count"))).isEqualTo("1");
    assertThat(get(test.call("b", "count"))).isEqualTo("0");
  }

  @Test
  @Conformance("C-WS-02")
  void message_textAndBinary_comesBackAsItWas() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.text("grüß 🙂");
    client.binary((byte) 1, (byte) 2);
    client.awaits("echo grüß 🙂", "b:\u0001\u0002");
  }

  @Test
  @Conformance("C-WS-04")
  void closeByTheObject_reachesTheClientWithCodeAndReason_behindWhatWasSent() {
    test.onMessage(
        (self, socket, message) -> {
          socket.send("last");
          socket.close(1001, "bye");
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.text("x");
    client.awaits("last", "close 1001 bye");
  }

  @Test
  @Conformance("C-WS-05")
  void closeByTheClient_isToldOnce_behindTheMessages_andTheSocketIsGone() {
    test.onMessage((self, socket, message) -> test.trace.add(message.text()));
    test.onClose(
        (self, socket, close) ->
            test.trace.add(
                close.code()
                    + close.reason()
                    + close.clean()
                    + self.context().webSockets().all().size()
                    + socket.isOpen()));
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.text("1");
    client.text("2");
    client.closes(4000, "done");
    client.closes(4000, "done");
    until("told", () -> test.sockets().size() == 0);
    assertThat(test.trace).containsExactly("1", "2", "4000donetrue1false");
    client.text("late");
    test.script("count", self -> String.valueOf(self.context().webSockets().all().size()));
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
    assertThat(test.trace).hasSize(3);
  }

  @Test
  @Conformance("C-WS-07")
  void tags_findTheirSockets_andAllOfThemTogether() {
    SocketClient alice = SocketClient.of(test, "a", "tagged?tag=alice");
    SocketClient bob = SocketClient.of(test, "a", "tagged?tag=bob");
    test.script(
        "tell",
        self -> {
          self.context().webSockets().withTag("alice").forEach(s -> s.send("for alice"));
          self.context().webSockets().withTag("bob").forEach(s -> s.send("for bob"));
          self.context().webSockets().withTag("carol").forEach(s -> s.send("for nobody"));
          self.context().webSockets().all().forEach(s -> s.send("for all"));
          return self.context().webSockets().all().stream()
              .map(s -> s.tags() + s.attachment(String.class))
              .toList()
              .toString();
        });
    assertThat(get(test.call("a", "tell"))).isEqualTo("[[alice]of alice, [bob]of bob]");
    alice.awaits("for alice", "for all");
    bob.awaits("for bob", "for all");
  }

  @Test
  @Conformance("C-WS-08")
  void autoResponse_answersWithoutTheObject_awakeOrAsleep() {
    test.onConstruction(self -> self.context().webSockets().autoResponse("ping", "pong"));
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.text("ping");
    client.awaits("pong");
    test.letSleep();
    client.text("ping");
    client.awaits("pong", "pong");
    assertThat(test.activations("a")).isEqualTo(1);
    test.script(
        "when",
        self ->
            self.context().webSockets().all().getFirst().autoRespondedAt().orElseThrow()
                + " is "
                + self.context().now());
    assertThat(get(test.call("a", "when"))).matches("(.+) is \\1");
    client.text("ping ");
    client.awaits("pong", "pong", "echo ping ");
  }

  @Test
  @Conformance("C-WS-17")
  void autoResponse_takenBack_leavesTheMessagesToTheObject() {
    test.onConstruction(self -> self.context().webSockets().autoResponse("ping", "pong"));
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.script(
        "off",
        self -> {
          self.context().webSockets().noAutoResponse();
          return "";
        });
    client.text("ping");
    get(test.call("a", "off"));
    client.text("ping");
    client.awaits("pong", "echo ping");
  }

  @Test
  @Conformance("C-WS-10")
  void socket_survivesTheRequestThatAcceptedIt_andAnyEventMaySend() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    CountDownLatch bothInside = test.latch();
    test.script(
        "wait and send",
        self -> {
          self.context().webSockets().all().getFirst().send("one");
          self.memory++;
          if (self.memory == 2) {
            bothInside.countDown();
          }
          self.other("b").run("pass");
          self.context().webSockets().all().getFirst().send("two");
          return "";
        });
    test.script(
        "pass",
        self -> {
          pass(bothInside);
          return "";
        });
    var first = test.call("a", "wait and send");
    var second = test.call("a", "wait and send");
    get(first);
    get(second);
    client.awaits("one", "one", "two", "two");
  }

  @Test
  @Conformance("C-WS-11")
  void sleep_leavesTheSocket_withItsTagsAndAttachment() {
    SocketClient client = SocketClient.of(test, "a", "tagged?tag=alice");
    test.letSleep();
    test.onMessage(
        (self, socket, message) ->
            socket.send(
                self.activation() + socket.tags().toString() + socket.attachment(String.class)));
    client.text("x");
    client.awaits("2[alice]of alice");
  }

  @Test
  @Conformance("C-WS-16")
  void autoResponse_isNotHeldUpByAnObjectThatIsBusy() {
    CountDownLatch inside = test.latch();
    CountDownLatch goOn = test.latch();
    test.onConstruction(self -> self.context().webSockets().autoResponse("ping", "pong"));
    test.script(
        "section",
        self ->
            self.section(
                s -> {
                  inside.countDown();
                  pass(goOn);
                  return "";
                }));
    SocketClient client = SocketClient.of(test, "a", "accept");
    var section = test.call("a", "section");
    pass(inside);
    client.text("waits");
    client.text("ping");
    client.awaits("pong");
    goOn.countDown();
    get(section);
    client.awaits("pong", "echo waits");
  }

  @Test
  @Conformance("C-WS-22")
  void objectThatThrowsInsteadOfAccepting_failsTheRequest() {
    test.handler(
        "refuse",
        (self, request) -> {
          throw new IllegalArgumentException("no");
        });
    assertThatThrownBy(() -> ObjectStub.of(test.object("a")).fetch(SocketClient.request("refuse")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(test.sockets().size()).isZero();
  }

  @Test
  @Conformance("C-WS-25")
  void messages_ofOneSocket_keepTheirOrder_bothWays() {
    for (int round = 0; round < 5; round++) {
      SocketClient client = SocketClient.of(test, "a", "accept");
      IntStream.range(0, 100).forEach(i -> client.text(String.valueOf(i)));
      client.awaits(IntStream.range(0, 100).mapToObj(i -> "echo " + i).toArray(String[]::new));
    }
  }

  @Test
  void messages_ofOneSocket_comeOneAtATime_evenIfTheHandlerWaits() {
    test.script("nothing", self -> "");
    test.onMessage(
        (self, socket, message) -> {
          test.trace.add("begin " + message.text());
          self.other("b").run("nothing");
          test.trace.add("end " + message.text());
          socket.send(message.text());
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.text("1");
    client.text("2");
    client.awaits("1", "2");
    assertThat(test.trace).containsExactly("begin 1", "end 1", "begin 2", "end 2");
  }

  @Test
  @Conformance("C-WS-26")
  void limits_areNamed_andNothingIsAccepted() {
    test.handler(
        "tags",
        (self, request) ->
            self.context()
                .webSockets()
                .accept(
                    request,
                    null,
                    IntStream.range(0, 11).mapToObj(i -> "t" + i).toArray(String[]::new)));
    test.handler(
        "long-tag",
        (self, request) -> self.context().webSockets().accept(request, null, "t".repeat(257)));
    test.handler(
        "attachment",
        (self, request) -> self.context().webSockets().accept(request, "a".repeat(16_385)));
    for (String handler : List.of("tags", "long-tag", "attachment")) {
      assertThatThrownBy(() -> ObjectStub.of(test.object("a")).fetch(SocketClient.request(handler)))
          .isInstanceOf(dev.holdfast.RemoteException.class)
          .hasMessageContaining("limit");
    }
    test.script(
        "auto",
        self -> {
          try {
            self.context().webSockets().autoResponse("p".repeat(2_049), "pong");
          } catch (LimitExceededException e) {
            return String.valueOf(e.getMessage());
          }
          return "";
        });
    assertThat(get(test.call("a", "auto"))).contains("2049 bytes", "limit 2048");
    assertThat(test.sockets().size()).isZero();
  }

  @Test
  void requestThatAsksForNoSocket_isAnswered426() {
    assertThat(ObjectStub.of(test.object("a")).fetch(Request.get("/accept")).status())
        .isEqualTo(426);
    assertThat(test.sockets().size()).isZero();
  }

  @Test
  void sendAfterClose_isRefused_butNotToAClientThatIsGone() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.onClose((self, socket, close) -> socket.send("nobody hears it"));
    test.script(
        "close and send",
        self -> {
          WebSocket socket = self.context().webSockets().all().getFirst();
          socket.close();
          try {
            socket.send("x");
          } catch (IllegalStateException e) {
            return e.getMessage() + " " + socket.isOpen();
          }
          return "";
        });
    assertThat(get(test.call("a", "close and send"))).contains("has closed", "false");
    client.awaits("close 1000 ");
    SocketClient other = SocketClient.of(test, "b", "accept");
    other.closes(1000, "");
    until("told", () -> test.sockets().size() == 1);
    assertThat(other.got).isEmpty();
  }

  @Test
  void closeCodesAndReasons_thatCannotBeSent_areRefused() {
    SocketClient.of(test, "a", "accept");
    test.script(
        "closes",
        self -> {
          WebSocket socket = self.context().webSockets().all().getFirst();
          StringBuilder refused = new StringBuilder();
          for (int code : new int[] {0, 999, 1004, 1005, 1006, 1015, 2999, 5000}) {
            try {
              socket.close(code, "");
            } catch (IllegalArgumentException e) {
              refused.append(code).append(' ');
            }
          }
          try {
            socket.close(1000, "ü".repeat(62));
          } catch (IllegalArgumentException e) {
            refused.append(e.getMessage());
          }
          return refused + " " + socket.isOpen();
        });
    assertThat(get(test.call("a", "closes")))
        .startsWith("0 999 1004 1005 1006 1015 2999 5000 ")
        .contains("124 bytes", "limit 123")
        .endsWith("true");
  }

  @Test
  void sentBeforeTheSocketIsOpen_arrivesWhenItIs() {
    test.handler(
        "greet",
        (self, request) -> {
          var response = self.context().webSockets().accept(request);
          self.context().webSockets().all().getFirst().send("welcome");
          return response;
        });
    SocketClient client = SocketClient.asked(test, "a", "greet");
    assertThat(client.got).isEmpty();
    assertThat(client.open()).isTrue();
    client.awaits("welcome");
  }

  @Test
  void socketThatNobodyOpens_endsAfterItsTime() {
    test.onClose((self, socket, close) -> test.trace.add(close.code() + " " + close.reason()));
    SocketClient client = SocketClient.asked(test, "a", "accept");
    test.clock.advance(java.time.Duration.ofSeconds(31));
    until("told", () -> test.sockets().size() == 0);
    assertThat(test.trace).singleElement().asString().startsWith("1006 no worker returned");
    assertThat(client.open()).isFalse();
  }

  @Test
  void messageLargerThanMayWaitForAClient_isRefusedToTheObject_andTheSocketLives() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.script(
        "send",
        self -> {
          WebSocket socket = self.context().webSockets().all().getFirst();
          socket.send("x".repeat(4 << 20));
          try {
            socket.send(new byte[(4 << 20) + 1]);
          } catch (LimitExceededException e) {
            return String.valueOf(e.getMessage());
          }
          return "";
        });
    assertThat(get(test.call("a", "send")))
        .contains("4194305 bytes", "limit 4194304 (limits.socket-send-bytes)");
    assertThat(client.got).hasSize(1);
    client.text("x");
    until("answered", () -> client.got.size() == 2);
  }

  @Test
  void autoResponse_livesAsLongAsTheObjectHasSockets_orIsInMemory() {
    test.script(
        "auto",
        self -> {
          self.context().webSockets().autoResponse("ping", "pong");
          return "";
        });
    get(test.call("a", "auto"));
    SocketClient first = SocketClient.of(test, "a", "accept");
    test.letSleep();
    first.text("ping");
    first.awaits("pong");
    first.closes(1000, "");
    until("told", () -> test.sockets().size() == 0);
    SocketClient second = SocketClient.of(test, "a", "accept");
    second.text("ping");
    second.awaits("pong");
    second.closes(1000, "");
    until("told", () -> test.sockets().size() == 0);
    test.letSleep();
    SocketClient third = SocketClient.of(test, "a", "accept");
    third.text("ping");
    third.awaits("echo ping");
  }

  @Test
  void socketsThatAreGone_takeNoMemory_howeverLongTheObjectIsAwake() {
    WeakReference<Socket> gone = new WeakReference<>(comeAndGo());
    SocketClient.of(test, "a", "accept").text("x");
    until(
        "its memory is given back",
        () -> {
          System.gc();
          return gone.get() == null;
        });
    assertThat(test.activations("a")).isEqualTo(1);
  }

  /** A client that connects, makes the object change its socket, and leaves. */
  private Socket comeAndGo() {
    test.onMessage(
        (self, socket, message) -> {
          socket.attach(message.text());
          socket.send("attached");
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.text("x");
    client.awaits("attached");
    client.closes(1000, "");
    until("told", () -> test.sockets().size() == 0);
    return client.socket;
  }
}
