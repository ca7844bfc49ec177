// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectResetException;
import dev.holdfast.ObjectUnavailableException;
import dev.holdfast.Outcome;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that stops ends what goes on and lets nothing new in. */
class NodeStopTest extends EngineSuite {
  private CountDownLatch goOn = new CountDownLatch(1);
  private CountDownLatch running = new CountDownLatch(1);

  @BeforeEach
  void scripts() {
    goOn = test.latch();
    running = test.latch();
    test.script("nothing", self -> "");
    test.script("add", self -> String.valueOf(self.add("n", 1)));
    test.script(
        "hold and call",
        self -> {
          running.countDown();
          pass(goOn);
          return self.other("b").run("add");
        });
  }

  private CompletableFuture<String> stopNode() {
    CompletableFuture<String> stopped =
        test.worker(
            () -> {
              test.engine().close();
              return "stopped";
            });
    TestEngine.until(
        "it refuses calls from outside",
        () -> {
          // It may still be taken, so it must not wait for the store.
          CompletableFuture<String> refused = test.call("stranger", "nothing");
          TestEngine.until("answered", refused::isDone);
          return refused.isCompletedExceptionally();
        });
    return stopped;
  }

  @Test
  void eventInFlight_goesOnToItsEnd_alsoToOtherObjects_andTheNodeWaitsForIt() {
    CompletableFuture<String> inFlight = test.object("a").later("hold and call");
    pass(running);
    CompletableFuture<String> stopped = stopNode();
    assertThat(stopped).isNotDone();
    goOn.countDown();
    assertThat(get(inFlight)).isEqualTo("1");
    get(stopped);
    assertThat(test.engine().activations()).isZero();
    test.restart();
    assertThat(get(test.call("b", "add"))).as("durable").isEqualTo("2");
  }

  @Test
  void laterCall_isRefusedAsNotApplied() {
    get(stopNode());
    assertRefused(failure(test.call("a", "add")));
  }

  private static void assertRefused(Throwable refused) {
    assertThat(refused)
        .isInstanceOf(ObjectUnavailableException.class)
        .hasMessageContaining("Scripted/a")
        .hasMessageContaining("the node is stopping");
    assertThat(((ObjectUnavailableException) refused).outcome()).isEqualTo(Outcome.NOT_APPLIED);
  }

  @Test
  void commitOnItsWay_isWaitedFor() {
    test.store().gate().hold();
    CompletableFuture<String> add = test.call("a", "add");
    test.awaitSubmitted(1);
    test.awaitRun("a");
    CompletableFuture<String> stopped = stopNode();
    assertThat(stopped).isNotDone();
    test.store().gate().release();
    assertThat(get(add)).isEqualTo("1");
    get(stopped);
  }

  @Test
  void callThatIsToBeTriedAgain_isTriedWithoutItsPause() {
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    CompletableFuture<String> add = test.call("a", "add");
    test.awaitSubmitted(2);
    get(stopNode());
    assertThat(get(add)).isEqualTo("1");
  }

  @Test
  void whatHasNotEndedAfterTheLimit_isDiscarded_andNothingOfItIsKept() {
    CompletableFuture<String> never = new CompletableFuture<>();
    test.script(
        "hold and add",
        self -> {
          running.countDown();
          pass(goOn);
          return String.valueOf(self.add("n", 1));
        });
    test.script("wait", self -> self.context().await(never));
    CompletableFuture<String> held = test.object("a").later("hold and add");
    CompletableFuture<String> queued = test.object("a").later("add");
    CompletableFuture<String> waiting = test.object("b").later("wait");
    pass(running);
    test.awaitRun("b");
    CompletableFuture<String> stopped = stopNode();
    test.clock.advance(ofSeconds(9));
    assertThat(stopped).isNotDone();

    test.clock.advance(ofSeconds(1));

    get(stopped);
    for (CompletableFuture<String> begun : List.of(held, waiting)) {
      Throwable reset = failure(begun);
      assertThat(reset)
          .isInstanceOf(ObjectResetException.class)
          .hasMessageContaining("the node stops and waited 10 s for it");
      assertThat(((ObjectResetException) reset).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    }
    assertRefused(failure(queued));
    assertThat(test.engine().activations()).isZero();
    assertThat(test.engine().leftOverThreads()).isPositive();
    goOn.countDown();
    TestEngine.until("its thread has ended", () -> test.engine().leftOverThreads() == 0);
    test.restart();
    assertThat(get(test.call("a", "add"))).as("nothing was kept").isEqualTo("1");
  }

  @Test
  void objects_areToldThatTheNodeStops() {
    test.onSleep(
        (self, reason) -> {
          test.trace.add(reason.toString());
          self.add("n", 10);
        });
    get(test.objects(TestEngine.SLEEPER).getByName("a").later("add"));
    test.restart();
    assertThat(test.trace).isEqualTo(List.of("SHUTDOWN"));
    assertThat(get(test.objects(TestEngine.SLEEPER).getByName("a").later("add"))).isEqualTo("12");
  }

  @Test
  void commitOfADiscardedObject_isWaitedFor_soThatAnotherEngineMayGoOn() {
    CompletableFuture<String> never = new CompletableFuture<>();
    test.script("wait", self -> self.context().await(never));
    CompletableFuture<String> waiting = test.object("a").later("wait");
    test.awaitRun("a");
    test.store().gate().hold();
    CompletableFuture<String> add = test.call("a", "add");
    test.awaitSubmitted(1);

    CompletableFuture<String> stopped =
        CompletableFuture.supplyAsync(
            () -> {
              test.engine().close(ofSeconds(2));
              return "stopped";
            });
    TestEngine.until(
        "it is discarded",
        () -> {
          test.clock.advance(ofSeconds(1));
          return test.engine().activations() == 0;
        });
    assertThat(stopped).isNotDone();
    test.store().gate().release();

    get(stopped);
    assertThat(get(add)).isEqualTo("1");
    assertThat(failure(waiting)).hasMessageContaining("waited 2 s for it");
    test.renew();
    assertThat(get(test.call("a", "add"))).isEqualTo("2");
  }
}
