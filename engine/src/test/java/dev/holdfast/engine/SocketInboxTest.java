// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.pass;
import static dev.holdfast.engine.TestEngine.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients send faster than their object takes it. */
final class SocketInboxTest extends EngineSuite {

  @BeforeEach
  void accepting() {
    test.handler("accept", (self, request) -> self.context().webSockets().accept(request));
  }

  @Test
  void emptyMessages_areBoundedToo() {
    CountDownLatch goOn = test.latch();
    test.onMessage(
        (self, socket, message) -> {
          pass(goOn);
          test.trace.add(message.text());
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    int within = (256 << 10) / 64;
    IntStream.range(0, within).forEach(_ -> client.text(""));
    assertThat(client.paused()).isFalse();
    client.text("");
    assertThat(client.paused()).isTrue();
    goOn.countDown();
    until("taken", () -> test.trace.size() == within + 1);
    assertThat(client.paused()).isFalse();
  }

  @Test
  void closeByTheObject_dropsWhatWaits_andReadsOn_forTheCloseOfTheClient() {
    CountDownLatch goOn = test.latch();
    test.onMessage(
        (self, socket, message) -> {
          pass(goOn);
          test.trace.add("message");
          socket.close(4000, "enough");
        });
    test.onClose((self, socket, close) -> test.trace.add("told " + close.code()));
    SocketClient client = SocketClient.of(test, "a", "accept");
    String big = "x".repeat(200 << 10);
    client.text(big);
    client.text(big);
    assertThat(client.paused()).isTrue();
    goOn.countDown();
    client.awaits("close 4000 enough");
    until("read on", () -> !client.paused());
    client.text("dropped");
    client.closes(4000, "enough");
    until("told", () -> test.sockets().size() == 0);
    assertThat(test.trace).containsExactly("message", "told 4000");
  }

  @Test
  void manyUnreadMessages_pauseTheClient_andAllArrive() {
    CountDownLatch goOn = test.latch();
    test.onMessage(
        (self, socket, message) -> {
          pass(goOn);
          socket.send(String.valueOf(message.text().length()));
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    String big = "x".repeat(100 << 10);
    client.text(big);
    client.text(big);
    assertThat(client.paused()).isFalse();
    client.text(big);
    assertThat(client.paused()).isTrue();
    goOn.countDown();
    client.awaits("102400", "102400", "102400");
    assertThat(client.paused()).isFalse();
  }
}
