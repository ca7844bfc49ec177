// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static dev.holdfast.engine.TestEngine.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectResetException;
import dev.holdfast.ObjectStub;
import dev.holdfast.StorageException;
import dev.holdfast.WebSocket;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an object does to its sockets leaves it behind what it has written, or not at all. */
final class SocketGateTest extends EngineSuite {

  @BeforeEach
  void accepting() {
    test.handler("accept", (self, request) -> self.context().webSockets().accept(request, 0));
    test.script("attachment", self -> String.valueOf(first(self).attachment(Integer.class)));
    test.script("nothing", self -> "");
  }

  private static WebSocket first(Scripted self) {
    return self.context().webSockets().all().getFirst();
  }

  @Test
  @Conformance("C-OG-20")
  void message_waitsForTheCommit_andKeepsItsPlace() {
    test.onMessage(
        (self, socket, message) -> {
          if (message.text().equals("write")) {
            self.add("n", 1);
          }
          socket.send(message.text());
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    SocketClient other = SocketClient.of(test, "a", "accept");
    test.store().gate().hold();
    client.text("write");
    test.awaitSubmitted(1);
    other.text("read");
    test.awaitRun("a");
    assertThat(client.got).isEmpty();
    assertThat(other.got).isEmpty();
    test.store().gate().release();
    client.awaits("write");
    other.awaits("read");
  }

  @Test
  void failedCommit_dropsWhatWasSent_closed_andAttached() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.script(
        "change",
        self -> {
          self.add("n", 1);
          first(self).attach(1);
          first(self).send("never");
          first(self).close();
          return first(self).attachment(Integer.class) + " " + first(self).isOpen();
        });
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    assertThat(failure(test.call("a", "change"))).isInstanceOf(StorageException.class);
    assertThat(get(test.call("a", "attachment"))).isEqualTo("0");
    test.script("open", self -> String.valueOf(first(self).isOpen()));
    assertThat(get(test.call("a", "open"))).isEqualTo("true");
    assertThat(client.got).isEmpty();
    assertThat(get(test.call("a", "change"))).isEqualTo("1 false");
    client.awaits("never", "close 1000 ");
    assertThat(get(test.call("a", "attachment"))).isEqualTo("1");
  }

  @Test
  void failedCommit_ofTheTurnThatAccepted_leavesNoSocket() {
    test.handler(
        "write-and-accept",
        (self, request) -> {
          self.add("n", 1);
          return self.context().webSockets().accept(request);
        });
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    assertThat(
            failure(
                test.worker(
                    () ->
                        ObjectStub.of(test.object("a"))
                            .fetch(SocketClient.request("write-and-accept")))))
        .isInstanceOf(StorageException.class);
    test.script("count", self -> String.valueOf(self.context().webSockets().all().size()));
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
    assertThat(test.sockets().size()).isZero();
  }

  @Test
  void response_ofAnAcceptance_waitsForTheCommit() {
    test.handler(
        "write-and-accept",
        (self, request) -> {
          self.add("n", 1);
          return self.context().webSockets().accept(request);
        });
    test.store().gate().hold();
    var response =
        test.worker(
            () -> ObjectStub.of(test.object("a")).fetch(SocketClient.request("write-and-accept")));
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(response).isNotDone();
    test.store().gate().release();
    assertThat(get(response).status()).isEqualTo(101);
  }

  @Test
  void rolledBackTransaction_undoesWhatItDidToSockets() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.handler(
        "roll-back",
        (self, request) -> {
          self.store()
              .transaction(
                  () -> {
                    self.context().webSockets().accept(request);
                    first(self).attach(1);
                    first(self).send("never");
                    first(self).close();
                    self.store().rollback();
                  });
          first(self).send("after");
          return dev.holdfast.Response.text(
              self.context().webSockets().all().size()
                  + " "
                  + first(self).attachment(Integer.class)
                  + " "
                  + first(self).isOpen());
        });
    assertThat(
            ObjectStub.of(test.object("a")).fetch(SocketClient.request("roll-back")).body().text())
        .isEqualTo("1 0 true");
    client.awaits("after");
  }

  @Test
  void rollbackByACodeThatIsLeftOver_doesNotTouchWhatTheNextActivationSees() {
    CountDownLatch inside = test.latch();
    CountDownLatch goOn = test.latch();
    CompletableFuture<Thread> leftOver = new CompletableFuture<>();
    SocketClient.of(test, "a", "accept");
    test.script("write", self -> String.valueOf(self.add("n", 1)));
    test.script(
        "stay in a transaction",
        self -> {
          if (!leftOver.complete(Thread.currentThread())) {
            return "tried again";
          }
          self.store()
              .transaction(
                  () -> {
                    first(self).attach(1);
                    first(self).close();
                    inside.countDown();
                    pass(goOn);
                  });
          return "";
        });
    test.script(
        "attach",
        self -> {
          self.add("n", 1);
          first(self).attach(2);
          first(self).close();
          return "";
        });
    test.script(
        "see",
        self -> {
          test.trace.add(first(self).attachment(Integer.class) + " " + first(self).isOpen());
          return "";
        });
    test.store().gate().hold();
    var write = test.call("a", "write");
    test.awaitSubmitted(1);
    test.awaitRun("a");
    var staying = test.object("a").later("stay in a transaction");
    pass(inside);
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    test.store().gate().release();
    failure(write);
    assertThat(get(staying)).isEqualTo("tried again");
    test.store().gate().hold();
    var attach = test.object("a").later("attach");
    test.awaitSubmitted(2);
    test.awaitRun("a");
    goOn.countDown();
    until("it has rolled back", () -> !get(leftOver).isAlive());
    var see = test.object("a").later("see");
    test.awaitRun("a");
    assertThat(test.trace).containsExactly("2 false");
    test.store().gate().release();
    get(attach);
    get(see);
  }

  @Test
  void resetOfTheTurnThatAccepted_leavesNoSocket() {
    test.handler(
        "accept-and-abort",
        (self, request) -> {
          self.context().webSockets().accept(request);
          self.context().abort("on purpose");
          throw new AssertionError("abort returns");
        });
    assertThat(
            failure(
                test.worker(
                    () ->
                        ObjectStub.of(test.object("a"))
                            .fetch(SocketClient.request("accept-and-abort")))))
        .isInstanceOf(ObjectResetException.class);
    test.script("count", self -> String.valueOf(self.context().webSockets().all().size()));
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
    assertThat(test.sockets().size()).isZero();
  }

  @Test
  @Conformance({"C-WS-13", "C-WS-14"})
  void whatIsOnItsWay_whenTheObjectFallsAsleep_arrivesInOrder() {
    test.onConstruction(self -> self.context().webSockets().autoResponse("ping", "pong"));
    test.onMessage(
        (self, socket, message) -> {
          self.add("n", 1);
          socket.send(self.activation() + message.text());
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.store().gate().hold();
    client.text("x");
    test.awaitSubmitted(1);
    client.text("ping");
    test.awaitRun("a");
    test.store().gate().release();
    client.awaits("pong", "1x");
    test.letSleep();
    client.text("ping");
    client.text("y");
    client.awaits("pong", "1x", "pong", "2y");
    client.closes(1000, "");
    until("told", () -> test.sockets().size() == 0);
  }
}
