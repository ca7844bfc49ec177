// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static dev.holdfast.engine.TestEngine.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.StorageException;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of sockets and their messages when something goes wrong at the object. */
final class SocketFaultTest extends EngineSuite {

  @BeforeEach
  void accepting() {
    test.handler("accept", (self, request) -> self.context().webSockets().accept(request));
    test.onMessage((self, socket, message) -> reply(self, socket, message));
    test.onClose(
        (self, socket, close) ->
            test.trace.add(close.code() + " " + close.reason() + " " + close.clean()));
  }

  private static void reply(
      Scripted self, dev.holdfast.WebSocket socket, WebSocketMessage message) {
    switch (message.text()) {
      case "abort" -> self.context().abort("as asked");
      case "throw" -> throw new IllegalStateException("secret");
      case "error" -> throw new AssertionError("secret");
      case "write" -> socket.send("written " + self.add("n", 1));
      default -> socket.send(self.activation() + ":" + message.text());
    }
  }

  @Test
  @Conformance("C-WS-19")
  void abort_leavesSocketsConnected_alsoThatOfTheMessage() {
    SocketClient culprit = SocketClient.of(test, "a", "accept");
    SocketClient other = SocketClient.of(test, "a", "accept");
    culprit.text("abort");
    culprit.text("x");
    culprit.awaits("2:x");
    other.text("y");
    other.awaits("2:y");
  }

  @Test
  @Conformance("C-WS-20")
  void lostConnection_isToldAs1006() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.letSleep();
    client.socket.ended(client, new dev.holdfast.WebSocketClose(1006, "gone", false));
    until("told", () -> test.sockets().size() == 0);
    assertThat(test.trace).containsExactly("1006 gone false");
  }

  @Test
  void handlerThatThrows_endsItsSocketWith1011_andNoOther() {
    SocketClient culprit = SocketClient.of(test, "a", "accept");
    SocketClient other = SocketClient.of(test, "a", "accept");
    culprit.text("throw");
    culprit.text("not taken");
    other.text("x");
    other.awaits("1:x");
    until("closed", () -> culprit.got.size() == 1);
    assertThat(culprit.got.getFirst()).startsWith("close 1011 ").doesNotContain("secret");
    culprit.closes(1011, "");
    until("told", () -> test.sockets().size() == 1);
  }

  @Test
  void handlerThatFailsWithAnError_resetsTheObject_andEndsItsSocketOnly() {
    SocketClient culprit = SocketClient.of(test, "a", "accept");
    SocketClient other = SocketClient.of(test, "a", "accept");
    culprit.text("error");
    until("closed", () -> culprit.got.size() == 1);
    assertThat(culprit.got.getFirst()).startsWith("close 1011 ").doesNotContain("secret");
    other.text("x");
    other.awaits("2:x");
  }

  @Test
  void refusedCommit_bringsTheMessageAgain_once() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    client.text("write");
    client.text("x");
    client.awaits("written 1", "2:x");
  }

  @Test
  void commitOfUnknownFate_endsTheSocket_soThatTheClientKnows_andNoOther() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    SocketClient other = SocketClient.of(test, "a", "accept");
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_APPLIED);
    client.text("write");
    until("closed", () -> client.got.size() == 1);
    assertThat(client.got.getFirst()).startsWith("close 1011 ");
    other.text("write");
    other.awaits("written 2");
  }

  @Test
  void messageThatWaitedForItsTurn_whenTheObjectWasReset_isTakenByTheNext() {
    CountDownLatch inside = test.latch();
    CountDownLatch goOn = test.latch();
    test.script(
        "abort later",
        self -> {
          inside.countDown();
          pass(goOn);
          self.context().abort("now");
          return "";
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    var call = test.call("a", "abort later");
    pass(inside);
    client.text("x");
    goOn.countDown();
    failure(call);
    client.awaits("2:x");
  }

  @Test
  void messageThatWasSuspended_whenTheObjectWasReset_isBroughtAgain_ifNothingOfItWasApplied() {
    AtomicInteger begun = new AtomicInteger();
    CountDownLatch goOn = test.latch();
    test.script(
        "pass",
        self -> {
          if (begun.get() == 1) {
            pass(goOn);
          }
          return "";
        });
    test.script(
        "abort",
        self -> {
          self.context().abort("now");
          return "";
        });
    test.onMessage(
        (self, socket, message) -> {
          begun.incrementAndGet();
          self.context().sleep(Duration.ofMillis(10));
          socket.send(self.activation() + message.text());
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.text("x");
    until("begun", () -> begun.get() == 1);
    test.awaitRun("a");
    failure(test.call("a", "abort"));
    until(
        "brought again",
        () -> {
          test.clock.advance(Duration.ofMillis(20));
          return client.got.size() == 1;
        });
    client.awaits("2x");
    assertThat(begun).hasValue(2);
  }

  @Test
  void wallLimit_endsTheSocketOfItsMessage_andNoOther() {
    CountDownLatch inside = test.latch();
    CountDownLatch never = test.latch();
    test.onMessage(
        (self, socket, message) -> {
          if (message.text().equals("hang")) {
            inside.countDown();
            pass(never);
          }
          reply(self, socket, message);
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    SocketClient other = SocketClient.of(test, "a", "accept");
    client.text("hang");
    pass(inside);
    other.text("x");
    until(
        "closed",
        () -> {
          test.clock.advance(Duration.ofSeconds(1));
          return client.got.size() == 1;
        });
    assertThat(client.got.getFirst()).startsWith("close 1011 ");
    other.awaits("2:x");
    never.countDown();
  }

  @Test
  @Conformance("C-WS-23")
  void constructorThatFailsOnWaking_sendsNothing_andIsTriedAgain_whileTheSocketStays() {
    wakeWithThreeFailures(SocketFaultTest::failToBegin);
  }

  @Test
  @Conformance("C-WS-23")
  void sectionOfAConstructorThatFailsOnWaking_sendsNothing_andIsTriedAgain_whileTheSocketStays() {
    wakeWithThreeFailures(self -> self.context().blockConcurrencyWhile(() -> failToBegin(self)));
  }

  private static void failToBegin(Scripted self) {
    self.context().webSockets().all().forEach(s -> s.send("never"));
    throw new IllegalStateException("not yet");
  }

  private void wakeWithThreeFailures(Consumer<Scripted> constructor) {
    AtomicInteger failures = new AtomicInteger(3);
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.letSleep();
    test.onConstruction(
        self -> {
          if (failures.getAndDecrement() > 0) {
            constructor.accept(self);
          }
        });
    client.text("x");
    until(
        "constructed",
        () -> {
          test.clock.advance(Duration.ofMillis(50));
          return !client.got.isEmpty();
        });
    client.awaits("5:x");
  }

  @Test
  void constructorThatKeepsFailing_endsTheSocket_afterManyAttempts() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.letSleep();
    test.onConstruction(
        self -> {
          throw new IllegalStateException("never");
        });
    client.text("x");
    until(
        "given up",
        () -> {
          test.clock.advance(Duration.ofSeconds(1));
          return !client.got.isEmpty();
        });
    assertThat(client.got.getFirst()).startsWith("close 1011 ");
  }

  @Test
  void constructorThatKeepsFailing_isToldOfTheEnd_onceItSucceeds_howeverLateThatIs() {
    AtomicInteger failures = new AtomicInteger();
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.letSleep();
    test.onConstruction(
        self -> {
          failures.incrementAndGet();
          throw new IllegalStateException("not yet");
        });
    client.closes(1000, "bye");
    until(
        "tried often",
        () -> {
          test.clock.advance(Duration.ofSeconds(5));
          return failures.get() == 20;
        });
    assertThat(test.sockets().size()).isEqualTo(1);
    test.onConstruction(self -> {});
    until(
        "told",
        () -> {
          test.clock.advance(Duration.ofSeconds(5));
          return test.sockets().size() == 0;
        });
    assertThat(test.trace).containsExactly("1000 bye true");
  }

  private void suspendMessages(AtomicInteger begun) {
    test.onMessage(
        (self, socket, message) -> {
          begun.incrementAndGet();
          self.context().sleep(Duration.ofHours(1));
        });
    test.script(
        "close",
        self -> {
          self.context().webSockets().all().getFirst().close();
          return "";
        });
    test.script(
        "abort",
        self -> {
          self.context().abort("now");
          return "";
        });
  }

  @Test
  void closeByTheObject_ofASocketWhoseMessageRests_leavesNoPauseToTheEnd() {
    AtomicInteger begun = new AtomicInteger();
    suspendMessages(begun);
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.text("x");
    until("begun", () -> begun.get() == 1);
    test.awaitRun("a");
    failure(test.call("a", "abort"));
    get(test.call("a", "close"));
    client.closes(1000, "bye");
    until("told", () -> test.sockets().size() == 0);
    assertThat(test.trace).containsExactly("1000 bye true");
    assertThat(begun).hasValue(1);
  }

  @Test
  void messageThatWasNotApplied_isNotBroughtAgain_whereTheObjectHasClosedTheSocket() {
    AtomicInteger begun = new AtomicInteger();
    suspendMessages(begun);
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.text("x");
    until("begun", () -> begun.get() == 1);
    test.awaitRun("a");
    get(test.call("a", "close"));
    client.closes(1000, "bye");
    failure(test.call("a", "abort"));
    until("told", () -> test.sockets().size() == 0);
    assertThat(test.trace).containsExactly("1000 bye true");
    test.clock.advance(Duration.ofMinutes(1));
    assertThat(begun).hasValue(1);
  }

  @Test
  void closeHandlerThatThrows_isToldOnce() {
    test.onClose(
        (self, socket, close) -> {
          test.trace.add("told");
          throw new IllegalStateException("on purpose");
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.closes(1000, "bye");
    until("told", () -> test.sockets().size() == 0);
    assertThat(test.trace).containsExactly("told");
  }

  @Test
  void closeHandlerWhoseCommitIsRefused_isToldAgain() {
    test.onClose((self, socket, close) -> test.trace.add("n " + self.add("n", 1)));
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    client.closes(1000, "bye");
    until("told", () -> test.sockets().size() == 0);
    assertThat(test.trace).containsExactly("n 1", "n 1");
  }

  @Test
  void closeHandlerWhoseCommitIsOfUnknownFate_isNotToldAgain() {
    test.onClose((self, socket, close) -> test.trace.add("n " + self.add("n", 1)));
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    client.closes(1000, "bye");
    until("told", () -> test.sockets().size() == 0);
    assertThat(test.trace).containsExactly("n 1");
  }

  /** Reads at once, so that a read that fails takes the activation with it. */
  private SocketClient clientOfASleepingReader() {
    test.onMessage((self, socket, message) -> socket.send(message.text() + self.count("n")));
    test.onClose((self, socket, close) -> test.trace.add(close.reason() + self.count("n")));
    test.script("fill", self -> String.valueOf(fill(self)));
    SocketClient client = SocketClient.of(test, "a", "accept");
    get(test.call("a", "fill"));
    test.letSleep();
    return client;
  }

  /** More than comes with the opening of an object. */
  private static int fill(Scripted self) {
    for (int i = 0; i < 20; i++) {
      self.store().put("filler " + i, "x".repeat(60_000));
    }
    return 0;
  }

  /** The next activation fails to begin after the one whose read failed. */
  private void failARead_andTheConstructorAfterIt() {
    int before = test.activations("a");
    // The first one is that of its opening.
    test.store().faults().failReadAfter(1);
    test.onConstruction(
        self -> {
          if (self.activation() == before + 2) {
            throw new IllegalStateException("not yet");
          }
        });
  }

  @Test
  void endWhoseHandlerCouldNotRead_isTold_alsoIfTheNextActivationFailsToBegin() {
    SocketClient client = clientOfASleepingReader();
    failARead_andTheConstructorAfterIt();
    client.closes(1000, "bye");
    until(
        "told",
        () -> {
          test.clock.advance(Duration.ofMillis(20));
          return test.sockets().size() == 0;
        });
    assertThat(test.activations("a")).isGreaterThanOrEqualTo(4);
    assertThat(test.trace).containsExactly("bye0");
  }

  @Test
  void messageWhoseHandlerCouldNotRead_isTaken_alsoIfTheNextActivationFailsToBegin() {
    SocketClient client = clientOfASleepingReader();
    failARead_andTheConstructorAfterIt();
    client.text("x");
    until(
        "answered",
        () -> {
          test.clock.advance(Duration.ofMillis(20));
          return !client.got.isEmpty();
        });
    client.awaits("x0");
  }

  @Test
  void storeThatFails_dropsNoSocket() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.script("put", self -> String.valueOf(self.add("n", 1)));
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    assertThat(failure(test.call("a", "put"))).isInstanceOf(StorageException.class);
    client.text("x");
    client.awaits("2:x");
  }
}
