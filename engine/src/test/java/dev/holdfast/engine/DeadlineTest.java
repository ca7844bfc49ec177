// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.CallOptions;
import dev.holdfast.CallTimeoutException;
import dev.holdfast.Outcome;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No caller waits for ever, and each is told whether its call may have been applied. */
class DeadlineTest extends EngineSuite {
  private final CompletableFuture<String> never = new CompletableFuture<>();
  private CountDownLatch running = new CountDownLatch(1);
  private CountDownLatch goOn = new CountDownLatch(1);

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    return defaults.withEvents(
        defaults.events().withCallTimeout(ofSeconds(10)).withWallLimit(ofSeconds(60)));
  }

  @BeforeEach
  void scripts() {
    running = test.latch();
    goOn = test.latch();
    test.script("add", self -> String.valueOf(self.add("n", 1)));
    test.script("read", self -> self.activation() + ":" + self.count("n"));
    test.script(
        "hold",
        self -> {
          running.countDown();
          pass(goOn);
          return String.valueOf(self.add("n", 1));
        });
    test.script(
        "wait",
        self -> {
          running.countDown();
          return self.context().await(never);
        });
  }

  private CompletableFuture<String> callWithin(Duration timeout, String object, String script) {
    ScriptedCalls stub = test.objects().with(CallOptions.timeout(timeout)).getByName(object);
    return test.worker(() -> stub.run(script));
  }

  private static void assertTimeout(Throwable failure, Outcome outcome) {
    assertThat(failure).isInstanceOf(CallTimeoutException.class).hasMessageContaining("Scripted/");
    assertThat(((CallTimeoutException) failure).outcome()).isEqualTo(outcome);
    assertThat(((CallTimeoutException) failure).retryable()).isTrue();
  }

  @Test
  void queuedCall_pastTheDefaultDeadline_isNotApplied_andNeverRuns() {
    CompletableFuture<String> holding = test.object("a").later("hold");
    pass(running);
    CompletableFuture<String> queued = test.object("a").later("add");
    test.clock.advance(ofMillis(9_500));
    assertThat(queued).isNotDone();
    test.clock.advance(ofSeconds(1));
    assertTimeout(failure(queued), Outcome.NOT_APPLIED);
    assertTimeout(failure(holding), Outcome.UNKNOWN);
    goOn.countDown();
    assertThat(get(test.call("a", "read"))).as("only what ran counts").isEqualTo("1:1");
  }

  @Test
  void queuedCall_pastItsOwnTimeout_isNotApplied_andNeverRuns() {
    CompletableFuture<String> holding = test.object("a").later("hold");
    pass(running);
    CompletableFuture<String> queued = callWithin(ofMillis(70), "a", "add");
    TestEngine.until("the timeout is set", () -> test.clock.pending() > 1);
    test.clock.advance(ofMillis(69));
    assertThat(queued).isNotDone();
    test.clock.advance(ofMillis(1));
    assertTimeout(failure(queued), Outcome.NOT_APPLIED);
    goOn.countDown();
    get(holding);
    assertThat(get(test.call("a", "read"))).isEqualTo("1:1");
  }

  @Test
  void callThatWaits_pastItsTimeout_isUnknown_andGoesOnWithoutItsCaller() {
    CompletableFuture<String> release = new CompletableFuture<>();
    test.script(
        "wait and add",
        self -> {
          running.countDown();
          self.context().await(release);
          return String.valueOf(self.add("n", 1));
        });
    CompletableFuture<String> waiting = callWithin(ofSeconds(2), "a", "wait and add");
    pass(running);
    test.awaitRun("a");
    test.clock.advance(ofSeconds(2));
    assertTimeout(failure(waiting), Outcome.UNKNOWN);
    release.complete("");
    test.awaitRun("a");
    assertThat(get(test.call("a", "read"))).isEqualTo("1:1");
  }

  @Test
  void deadline_travelsWithTheChain() {
    test.script("ask", self -> self.other("b").run("wait"));
    CompletableFuture<String> asking = callWithin(ofSeconds(2), "a", "ask");
    pass(running);
    test.awaitRun("b");
    test.clock.advance(ofMillis(2_500));
    assertTimeout(failure(asking), Outcome.UNKNOWN);
    never.complete("late");
  }

  @Test
  void timeoutOfACallBetweenObjects_isAnExceptionOfTheCaller_whoLives() {
    test.script(
        "ask",
        self -> {
          self.add("n", 1);
          try {
            return self.within(ofSeconds(1), "b").run("wait");
          } catch (CallTimeoutException e) {
            return "gave up: " + e.outcome();
          }
        });
    CompletableFuture<String> asking = test.call("a", "ask");
    pass(running);
    test.awaitRun("b");
    test.clock.advance(ofSeconds(1));
    assertThat(get(asking)).isEqualTo("gave up: UNKNOWN");
    assertThat(get(test.call("a", "read"))).isEqualTo("1:1");
    never.complete("");
  }

  @Test
  void answerBehindAPendingCommit_pastItsTimeout_isUnknown() {
    test.store().gate().hold();
    CompletableFuture<String> add = callWithin(ofSeconds(1), "a", "add");
    test.awaitSubmitted(1);
    test.awaitRun("a");
    test.clock.advance(ofSeconds(1));
    assertTimeout(failure(add), Outcome.UNKNOWN);
    test.store().gate().release();
    assertThat(get(test.call("a", "read"))).isEqualTo("1:1");
  }

  @Test
  void callBehindItsCallersPendingCommit_pastItsTimeout_isNotApplied_andLeavesNothingInMemory() {
    test.script(
        "add and ask",
        self -> {
          self.add("n", 1);
          try {
            return self.within(ofSeconds(1), "b").run("add");
          } catch (CallTimeoutException e) {
            return "gave up: " + e.outcome();
          }
        });
    test.store().gate().hold();
    CompletableFuture<String> asking = test.call("a", "add and ask");
    test.awaitSubmitted(1);
    test.awaitRun("a");
    test.clock.advance(ofSeconds(1));
    test.awaitRun("a");
    test.store().gate().release();
    assertThat(get(asking)).isEqualTo("gave up: NOT_APPLIED");
    assertThat(test.activations("b")).isZero();
    test.letSleep();
  }

  @Test
  void endlessTimeout_isAsGoodAsNone() {
    assertThat(get(callWithin(ChronoUnit.FOREVER.getDuration(), "a", "add"))).isEqualTo("1");
    test.script(
        "ask", self -> self.within(ChronoUnit.FOREVER.getDuration(), "b").later("add").join());
    assertThat(get(test.call("a", "ask"))).isEqualTo("1");
  }

  @Test
  void callThatIsTriedAgain_keepsItsTimeout() {
    CompletableFuture<String> holding = test.object("a").later("wait");
    pass(running);
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    CompletableFuture<String> add = callWithin(ofMillis(130), "b", "add");
    test.awaitSubmitted(2);
    TestEngine.until("it is to be tried again", () -> test.clock.pending() > 2);
    test.store().gate().hold();
    test.clock.advance(ofMillis(20));
    test.awaitSubmitted(3);
    test.awaitRun("b");
    test.clock.advance(ofMillis(109));
    assertThat(add).isNotDone();
    test.clock.advance(ofMillis(1));
    assertTimeout(failure(add), Outcome.UNKNOWN);
    never.complete("");
    test.store().gate().release();
    get(holding);
  }

  @Test
  void interruptedWorker_staysInterrupted_andTheObjectDoesNotSeeIt() {
    test.script("look", self -> String.valueOf(Thread.currentThread().isInterrupted()));
    CompletableFuture<String> seen =
        test.worker(
            () -> {
              Thread.currentThread().interrupt();
              return test.object("a").run("look") + " " + Thread.currentThread().isInterrupted();
            });
    assertThat(get(seen)).isEqualTo("false true");
  }
}
