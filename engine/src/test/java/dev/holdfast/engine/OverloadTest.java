// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectOverloadedException;
import dev.holdfast.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits for one object is bounded; what the object started itself is not turned away. */
class OverloadTest extends EngineSuite {
  private static final int MAX_WAITING = 3;
  private static final int MAX_BYTES = 1_000;
  private static final int MAX_SUSPENDED = 8;

  private CountDownLatch running = new CountDownLatch(1);
  private CountDownLatch goOn = new CountDownLatch(1);

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    return defaults.withEvents(
        defaults.events().withWaiting(MAX_WAITING, MAX_BYTES).withSuspendedEvents(MAX_SUSPENDED));
  }

  @BeforeEach
  void scripts() {
    running = test.latch();
    goOn = test.latch();
    test.script("add", self -> String.valueOf(self.add("n", 1)));
    test.script("read", self -> self.activation() + ":" + self.count("n"));
    test.script("hold", this::hold);
  }

  private String hold(Scripted self) {
    running.countDown();
    pass(goOn);
    return self.name();
  }

  private CompletableFuture<String> holding() {
    CompletableFuture<String> holding = test.object("a").later("hold");
    pass(running);
    return holding;
  }

  private List<CompletableFuture<String>> fill() {
    List<CompletableFuture<String>> waiting = new ArrayList<>();
    for (int i = 0; i < MAX_WAITING; i++) {
      waiting.add(test.object("a").later("add"));
    }
    return waiting;
  }

  @Test
  void tooManyEventsThatHaveStartedAndWait_refuseCallsUntilOneHasEnded() {
    CompletableFuture<String> foreign = new CompletableFuture<>();
    CompletableFuture<String> foreignOfLast = new CompletableFuture<>();
    test.script("wait", self -> self.context().await(foreign));
    CompletableFuture<Thread> threadOfLast = new CompletableFuture<>();
    test.script(
        "wait last",
        self -> {
          threadOfLast.complete(Thread.currentThread());
          return self.context().await(foreignOfLast);
        });
    List<CompletableFuture<String>> waiting = new ArrayList<>();
    for (int i = 1; i < MAX_SUSPENDED; i++) {
      waiting.add(test.object("a").later("wait"));
      test.awaitRun("a");
    }
    CompletableFuture<String> last = test.object("a").later("wait last");
    TestEngine.awaitWaiting(get(threadOfLast));

    Throwable refused = failure(test.object("a").later("add"));
    assertThat(refused)
        .isInstanceOf(ObjectOverloadedException.class)
        .hasMessageContaining("Scripted/a")
        .hasMessageContaining("8 events have started and wait")
        .hasMessageContaining("limit 8 (limits.suspended-events)");
    assertThat(((ObjectOverloadedException) refused).outcome()).isEqualTo(Outcome.NOT_APPLIED);

    foreignOfLast.complete("last");
    assertThat(get(last)).isEqualTo("last");
    assertThat(get(test.object("a").later("add"))).isEqualTo("1");
    foreign.complete("all");
    waiting.forEach(one -> assertThat(get(one)).isEqualTo("all"));
  }

  @Test
  void oneCallTooMany_isRefusedAtOnce_andTheOthersGoOn() {
    CompletableFuture<String> holding = holding();
    List<CompletableFuture<String>> waiting = fill();
    Throwable refused = failure(test.object("a").later("add"));
    assertThat(refused)
        .isInstanceOf(ObjectOverloadedException.class)
        .hasMessageContaining("Scripted/a")
        .hasMessageContaining("3 events")
        .hasMessageContaining("limit 3 (limits.waiting-events)")
        .hasMessageContaining("back-off");
    assertThat(((ObjectOverloadedException) refused).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    goOn.countDown();
    get(holding);
    waiting.forEach(TestEngine::get);
    assertThat(get(test.call("a", "read"))).as("no retry of what was refused").isEqualTo("1:3");
  }

  @Test
  void tooManyBytes_areRefused_butOneLargeCallMayWait() {
    CompletableFuture<String> holding = holding();
    String large = "x".repeat(2 * MAX_BYTES);
    test.script(large, self -> "large");
    CompletableFuture<String> first = test.object("a").later(large);
    assertThat(failure(test.object("a").later("add")))
        .isInstanceOf(ObjectOverloadedException.class)
        .hasMessageContaining("or 1000 bytes (limits.waiting-bytes)");
    goOn.countDown();
    get(holding);
    assertThat(get(first)).isEqualTo("large");
  }

  @Test
  void otherObjects_areNotAffected() {
    CompletableFuture<String> holding = holding();
    List<CompletableFuture<String>> waiting = fill();
    assertThat(get(test.call("b", "add"))).isEqualTo("1");
    goOn.countDown();
    get(holding);
    waiting.forEach(TestEngine::get);
  }

  @Test
  void answerToACallMadeWithoutWaiting_entersAnOverloadedObject() {
    CountDownLatch late = test.latch();
    test.script(
        "late",
        self -> {
          pass(late);
          return "answer";
        });
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> answer = self.other("b").later("late");
          self.other("c").run("nothing");
          hold(self);
          return answer.join();
        });
    test.script("nothing", self -> "");
    CompletableFuture<String> asking = test.object("a").later("ask");
    pass(running);
    List<CompletableFuture<String>> waiting = fill();
    late.countDown();
    test.awaitRun("b");
    goOn.countDown();
    assertThat(get(asking)).isEqualTo("answer");
    waiting.forEach(TestEngine::get);
  }

  @Test
  void timer_entersAnOverloadedObject() {
    test.script(
        "schedule and hold",
        self -> {
          var _ = self.context().schedule(ofSeconds(1), () -> test.trace.add("timer"));
          return hold(self);
        });
    CompletableFuture<String> holding = test.object("a").later("schedule and hold");
    pass(running);
    List<CompletableFuture<String>> waiting = fill();
    test.clock.advance(ofSeconds(1));
    goOn.countDown();
    get(holding);
    waiting.forEach(TestEngine::get);
    TestEngine.until("the timer ran", () -> test.trace.equals(List.of("timer")));
  }
}
