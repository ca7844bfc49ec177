// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.SCRIPTED;
import static dev.holdfast.engine.TestEngine.SLEEPER;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static dev.holdfast.engine.TestEngine.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A node closes its engine and starts another under the same sockets, with new code. Nobody who is
 * connected notices, and what clients do meanwhile waits.
 */
final class SocketsBetweenEnginesTest extends EngineSuite {

  @BeforeEach
  void accepting() {
    test.handler(
        "accept", (self, request) -> self.context().webSockets().accept(request, 7, "tag"));
    test.onMessage((self, socket, message) -> socket.send("old " + message.text()));
    test.onClose((self, socket, close) -> test.trace.add(close.code() + " " + close.reason()));
    test.script("n", self -> String.valueOf(self.count("n")));
  }

  /** What the objects of the next engine do with a message. */
  private void newCode() {
    test.onMessage((self, socket, message) -> socket.send("new " + message.text()));
  }

  @Test
  void newEngine_hasSocketsWithTagsAndAttachments_inTheOrderOfTheirAcceptance() {
    SocketClient first = SocketClient.of(test, "a", "accept");
    SocketClient second = SocketClient.of(test, "a", "accept");
    test.script(
        "attach",
        self -> {
          self.context().webSockets().all().getLast().attach(8);
          return "";
        });
    get(test.call("a", "attach"));
    test.restart();
    test.script(
        "seen",
        self -> {
          self.context().webSockets().withTag("tag").forEach(s -> s.send("hello"));
          return self.context().webSockets().all().stream()
              .map(s -> s.tags() + " " + s.attachment(Integer.class))
              .toList()
              .toString();
        });
    assertThat(get(test.call("a", "seen"))).isEqualTo("[[tag] 7, [tag] 8]");
    first.awaits("hello");
    second.awaits("hello");
  }

  @Test
  void messagesAndTheEnd_betweenTwoEngines_waitInOrder_forTheNewCode() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.stopEngine();
    IntStream.range(0, 10).forEach(i -> client.text(String.valueOf(i)));
    client.closes(1000, "bye");
    assertThat(client.got).isEmpty();
    test.onMessage((self, socket, message) -> test.trace.add(message.text()));
    test.renew();
    until("told", () -> test.sockets().size() == 0);
    assertThat(test.trace)
        .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "1000 bye");
  }

  @Test
  void messagesBetweenTwoEngines_areBounded_andTheClientIsReadAgainAfterwards() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.stopEngine();
    String big = "x".repeat(100 << 10);
    IntStream.range(0, 2).forEach(_ -> client.text(big));
    assertThat(client.paused()).isFalse();
    client.text(big);
    assertThat(client.paused()).isTrue();
    newCode();
    test.renew();
    client.awaits("new " + big, "new " + big, "new " + big);
    until("read again", () -> !client.paused());
  }

  @Test
  void autoResponse_isGivenBetweenTwoEnginesToo_andUntilTheNewCodeSaysOtherwise() {
    test.onConstruction(self -> self.context().webSockets().autoResponse("ping", "pong"));
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.stopEngine();
    client.text("ping");
    client.awaits("pong");
    test.onConstruction(self -> self.context().webSockets().noAutoResponse());
    newCode();
    test.renew();
    client.text("ping");
    client.awaits("pong", "pong");
    client.text("x");
    client.awaits("pong", "pong", "new x");
    client.text("ping");
    client.awaits("pong", "pong", "new x", "new ping");
  }

  @Test
  void messageAtTheObject_whenItsEngineCloses_isAnsweredByTheOldCode_theRestByTheNew() {
    CountDownLatch inside = test.latch();
    CountDownLatch goOn = test.latch();
    test.onMessage(
        (self, socket, message) -> {
          inside.countDown();
          pass(goOn);
          socket.send("old " + message.text());
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.text("1");
    pass(inside);
    client.text("2");
    Engine closing = test.engine();
    var closed =
        test.worker(
            () -> {
              closing.close();
              return "";
            });
    AtomicInteger others = new AtomicInteger();
    until("it takes no more", () -> isRefused("other " + others.incrementAndGet()));
    goOn.countDown();
    get(closed);
    client.awaits("old 1");
    newCode();
    test.renew();
    client.awaits("old 1", "new 2");
  }

  private boolean isRefused(String object) {
    var call = test.call(object, "n");
    return call.handle((_, failure) -> failure != null).join();
  }

  @Test
  void messageThatHangs_whenItsEngineCloses_isTakenByTheNext_ifNothingOfItWasApplied() {
    CountDownLatch inside = test.latch();
    CountDownLatch never = test.latch();
    test.onMessage(
        (self, socket, message) -> {
          inside.countDown();
          pass(never);
          socket.send("never");
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.text("1");
    client.text("2");
    pass(inside);
    test.stopEngine();
    newCode();
    test.renew();
    client.awaits("new 1", "new 2");
    never.countDown();
  }

  @Test
  void
      messageThatHangs_whenItsEngineCloses_andIsAppliedInPart_endsItsSocket_soThatTheClientKnows() {
    CountDownLatch inside = test.latch();
    CountDownLatch never = test.latch();
    test.onMessage(
        (self, socket, message) -> {
          self.add("n", 1);
          self.store().sync();
          inside.countDown();
          pass(never);
        });
    SocketClient client = SocketClient.of(test, "a", "accept");
    client.text("1");
    client.text("2");
    pass(inside);
    test.stopEngine();
    newCode();
    test.renew();
    assertThat(client.got).singleElement().asString().startsWith("close 1011 ");
    client.closes(1011, "");
    until("told", () -> test.sockets().size() == 0);
    assertThat(get(test.call("a", "n"))).isEqualTo("1");
    never.countDown();
  }

  @Test
  void messageThatTheOldCodeCouldNotTake_isBroughtToTheNewAtOnce() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.letSleep();
    AtomicInteger failures = new AtomicInteger();
    test.onConstruction(
        self -> {
          failures.incrementAndGet();
          throw new IllegalStateException("a mistake");
        });
    client.text("x");
    until(
        "tried often",
        () -> {
          test.clock.advance(Duration.ofMillis(50));
          return failures.get() == 6;
        });
    test.stopEngine();
    test.onConstruction(self -> {});
    newCode();
    test.renew();
    client.awaits("new x");
  }

  @Test
  void acceptedByTheOldCode_opensUnderTheNew_orBetweenTheTwo() {
    SocketClient between = SocketClient.asked(test, "a", "accept");
    SocketClient under = SocketClient.asked(test, "a", "accept");
    test.stopEngine();
    assertThat(between.open()).isTrue();
    between.text("x");
    newCode();
    test.renew();
    assertThat(under.open()).isTrue();
    under.text("y");
    between.awaits("new x");
    under.awaits("new y");
  }

  @Test
  void neverOpenedBetweenTwoEngines_isToldToTheNext() {
    SocketClient client = SocketClient.asked(test, "a", "accept");
    test.stopEngine();
    test.clock.advance(Duration.ofSeconds(31));
    assertThat(client.open()).isFalse();
    test.renew();
    until("told", () -> test.sockets().size() == 0);
    assertThat(test.trace).singleElement().asString().startsWith("1006 no worker returned");
  }

  @Test
  void closedByTheOldCode_andEndedBetweenTheTwo_isToldToTheNew_andNothingElse() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    test.script(
        "close",
        self -> {
          self.context().webSockets().all().getFirst().close(4000, "enough");
          return "";
        });
    get(test.call("a", "close"));
    client.awaits("close 4000 enough");
    test.stopEngine();
    client.text("not taken");
    client.closes(4000, "enough");
    test.renew();
    until("told", () -> test.sockets().size() == 0);
    assertThat(test.trace).containsExactly("4000 enough");
    assertThat(client.got).hasSize(1);
  }

  @Test
  void namespaceThatIsGone_keepsItsSockets_andWhatWaits_untilItIsBack() {
    test.onConstruction(self -> self.context().webSockets().autoResponse("ping", "pong"));
    SocketClient client = SocketClient.of(test, "a", "accept");
    SocketClient leaving = SocketClient.of(test, "a", "accept");
    test.stopEngine();
    test.renew(SLEEPER);
    client.text("1");
    client.text("ping");
    leaving.text("2");
    leaving.closes(1000, "bye");
    String big = "x".repeat(300 << 10);
    client.text(big);
    client.awaits("pong");
    assertThat(client.paused()).isTrue();
    test.clock.advance(Duration.ofDays(1));
    assertThat(test.sockets().size()).isEqualTo(2);
    newCode();
    test.stopEngine();
    test.renew();
    client.awaits("pong", "new 1", "new " + big);
    until("told", () -> test.sockets().size() == 1);
    assertThat(test.trace).containsExactly("1000 bye");
    until("read again", () -> !client.paused());
  }

  @Test
  void namespaceThatIsNew_hasSocketsAtOnce_whileThoseOfTheOldWait() {
    test.stopEngine();
    test.renew(SLEEPER);
    newCode();
    SocketClient client = SocketClient.of(test.objects(SLEEPER).getByName("a"), "accept");
    client.text("x");
    client.awaits("new x");
    test.stopEngine();
    test.renew(SCRIPTED);
    client.text("waits");
    SocketClient other = SocketClient.of(test, "a", "accept");
    other.text("y");
    other.awaits("new y");
    test.stopEngine();
    test.renew();
    client.awaits("new x", "new waits");
  }

  @Test
  void namespaceThatIsRenamed_takesItsSocketsAlong_andWhatWaits() {
    SocketClient client = SocketClient.of(test, "a", "accept");
    SocketClient leaving = SocketClient.of(test, "a", "accept");
    SocketClient quiet = SocketClient.of(test, "b", "accept");
    test.stopEngine();
    client.text("1");
    leaving.closes(1000, "bye");
    newCode();
    test.renewRenamed(SCRIPTED, "Renamed");
    client.awaits("new 1");
    client.text("2");
    client.awaits("new 1", "new 2");
    quiet.text("3");
    quiet.awaits("new 3");
    until("told", () -> test.sockets().size() == 2);
    assertThat(test.trace).containsExactly("1000 bye");
    test.script(
        "seen",
        self -> {
          self.context().webSockets().withTag("tag").forEach(socket -> socket.send("seen"));
          return "";
        });
    ScriptedCalls renamed = test.objects("Renamed").getByName("a");
    get(test.worker(() -> renamed.run("seen")));
    client.awaits("new 1", "new 2", "seen");
    assertThat(test.sockets().sizeByNamespace()).containsOnlyKeys("Renamed");
    client.closes(1000, "");
    quiet.closes(1000, "");
    until("told", () -> test.sockets().size() == 0);
  }
}
