// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.SLEEPER;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.WebSocket;
import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.store.Retention;
import dev.holdfast.store.memory.Faults.CommitFault;
import dev.holdfast.store.memory.InMemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an object does to its sockets in {@code beforeSleep}, as those see it who wake it. */
final class SocketSleepTest extends EngineSuite {
  private final CompletableFuture<Thread> sleeping = new CompletableFuture<>();

  @BeforeEach
  void fallingAsleep() {
    test.handler("accept", (self, request) -> self.context().webSockets().accept(request, 0));
    test.onMessage(
        (self, socket, message) -> {
          socket.send(message.text() + socket.attachment(Integer.class));
          socket.attach(2);
        });
    test.onSleep(
        (self, reason) -> {
          if (self.activation() == 1) {
            WebSocket socket = self.context().webSockets().all().getFirst();
            self.add("n", 1);
            socket.attach(1);
            socket.send("good night");
            sleeping.complete(Thread.currentThread());
          }
        });
  }

  private void letFallAsleep() {
    until(
        "it has begun to fall asleep",
        () -> {
          test.clock.advance(Duration.ofSeconds(1));
          return sleeping.isDone();
        });
    until("beforeSleep has run", () -> !get(sleeping).isAlive());
  }

  @Test
  void isKept() {
    SocketClient client = SocketClient.of(test.objects(SLEEPER).getByName("a"), "accept");
    letFallAsleep();
    client.text("x");
    client.text("y");
    client.awaits("good night", "x1", "y2");
  }

  @Test
  void isLost_ifItsCommitFails() {
    SocketClient client = SocketClient.of(test.objects(SLEEPER).getByName("a"), "accept");
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    letFallAsleep();
    client.text("x");
    client.text("y");
    client.awaits("x0", "y2");
  }

  @Test
  void comesBeforeWhatTheNextActivationDoes_howeverLateTheStoreTellsOfIt() {
    EngineOptions options = EngineOptions.defaults().withClock(test.clock).withInlining(inlining);
    SocketTable sockets = new SocketTable(test.clock, SocketLimits.DEFAULT);
    try (LateStore store = new LateStore(new InMemoryStore(test.clock, Retention.DEFAULT));
        Engine engine = Engine.start(options, store, sockets, List.of(test.objectClass(SLEEPER)))) {
      SocketClient client =
          SocketClient.of(engine.objects(ScriptedCalls.class).getByName("a"), "accept");
      store.holdBack();
      letFallAsleep();
      until("stored", () -> store.untold() == 1);
      assertThat(engine.activations()).as("the next one is there, and waits").isEqualTo(1);
      client.text("x");
      store.tell();
      client.awaits("good night", "x1");
    }
  }
}
