// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.HoldfastException;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Broken means gone: memory never disagrees with disk, and nobody is told a lie about it. */
class FailedCommitTest extends EngineSuite {
  private final CompletableFuture<String> event = new CompletableFuture<>();

  @BeforeEach
  void scripts() {
    test.script("add", FailedCommitTest::add);
    test.script("read", self -> String.valueOf(self.count("n")));
    test.script("field", self -> String.valueOf(self.memory));
    test.script("activation", self -> String.valueOf(self.activation()));
    test.script("add other", self -> String.valueOf(self.add("m", 1)));
    test.script(
        "add and wait",
        self -> {
          self.add("n", 1);
          self.context().await(event);
          return "done";
        });
  }

  private static String add(Scripted self) {
    self.memory = self.add("n", 1);
    return String.valueOf(self.memory);
  }

  private static Outcome outcome(Throwable failure) {
    assertThat(failure).isInstanceOf(HoldfastException.class);
    return ((HoldfastException) failure).outcome();
  }

  @ParameterizedTest
  @EnumSource(
      value = CommitFault.class,
      names = {"UNKNOWN_APPLIED", "UNKNOWN_NOT_APPLIED"})
  @Conformance({"C-OG-09", "C-OG-18"})
  void failedWrite_isUnknown_andTheNextActivationStartsFromTheDisk(CommitFault fault) {
    get(test.call("a", "add"));
    test.store().faults().failNextCommit(fault);
    Throwable failure = failure(test.call("a", "add"));
    assertThat(failure).isInstanceOf(StorageException.class).hasMessageContaining("Scripted/a");
    assertThat(outcome(failure)).isEqualTo(Outcome.UNKNOWN);
    assertThat(((StorageException) failure).retryable()).isTrue();
    assertThat(get(test.call("a", "field"))).isEqualTo("0");
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
    assertThat(get(test.call("a", "read")))
        .isEqualTo(fault == CommitFault.UNKNOWN_APPLIED ? "2" : "1");
  }

  @Test
  void refusedWrite_isTriedAgainForTheCaller() {
    get(test.call("a", "add"));
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    assertThat(test.getAsTimePasses(test.call("a", "add"))).isEqualTo("2");
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
  }

  @Test
  void refusedAgainAndAgain_isGivenUpAsNotApplied() {
    for (int i = 0; i < 5; i++) {
      test.store().faults().failNextCommit(CommitFault.REFUSED);
    }
    Throwable failure = test.failureAsTimePasses(test.call("a", "add"));
    assertThat(failure).isInstanceOf(StorageException.class);
    assertThat(outcome(failure)).isEqualTo(Outcome.NOT_APPLIED);
    assertThat(get(test.call("a", "read"))).isEqualTo("0");
  }

  @Test
  void failedCommit_dropsAllBehindIt_whichAreTriedAgain_eachOnce() {
    test.store().gate().hold();
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      answers.add(test.call("a", "add"));
      test.awaitSubmitted(i);
    }
    test.awaitRun("a");
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    test.store().gate().release();
    assertThat(outcome(failure(answers.getFirst()))).isEqualTo(Outcome.UNKNOWN);
    answers.stream().skip(1).forEach(test::getAsTimePasses);
    assertThat(get(test.call("a", "read"))).isEqualTo("4");
  }

  @Test
  void fieldOnlyAnswer_behindAFailedCommit_neverLeaves() {
    test.store().gate().hold();
    CompletableFuture<String> add = test.call("a", "add");
    test.awaitSubmitted(1);
    CompletableFuture<String> field = test.call("a", "field");
    test.awaitRun("a");
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    test.store().gate().release();
    failure(add);
    assertThat(test.getAsTimePasses(field)).as("asked again").isEqualTo("0");
  }

  @Test
  void callThatCommittedBeforeAWait_whoseAnswerFallsWithAnothersCommit_isUnknown() {
    CompletableFuture<String> earlier = test.call("a", "add and wait");
    test.awaitApplied(1);
    test.awaitRun("a");
    test.store().gate().hold();
    CompletableFuture<String> later = test.call("a", "add other");
    test.awaitSubmitted(2);
    event.complete("");
    test.awaitRun("a");
    assertThat(earlier).isNotDone();
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    test.store().gate().release();
    assertThat(outcome(test.failureAsTimePasses(earlier))).isEqualTo(Outcome.UNKNOWN);
    assertThat(test.getAsTimePasses(later)).isEqualTo("1");
    assertThat(get(test.call("a", "read"))).as("applied once").isEqualTo("1");
  }

  @Test
  void callWhoseOwnCommitIsUnknown_andWhoseAnswerStandsBehindALaterOne_isUnknown() {
    test.store().gate().hold();
    CompletableFuture<String> earlier = test.call("a", "add and wait");
    test.awaitSubmitted(1);
    CompletableFuture<String> later = test.call("a", "add other");
    test.awaitSubmitted(2);
    event.complete("");
    test.awaitRun("a");
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_APPLIED);
    test.store().gate().release();
    assertThat(outcome(test.failureAsTimePasses(earlier))).isEqualTo(Outcome.UNKNOWN);
    assertThat(test.getAsTimePasses(later)).isEqualTo("1");
    assertThat(get(test.call("a", "read"))).as("applied once").isEqualTo("1");
  }

  @Test
  void callOfSeveralCommits_allRefused_isTriedAgain() {
    test.script(
        "two turns",
        self -> {
          self.add("n", 1);
          self.context().await(event);
          self.add("n", 1);
          return "done";
        });
    event.complete("");
    test.store().gate().hold();
    CompletableFuture<String> answer = test.call("a", "two turns");
    test.awaitSubmitted(2);
    test.awaitRun("a");
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    test.store().gate().release();
    assertThat(test.getAsTimePasses(answer)).isEqualTo("done");
    assertThat(get(test.call("a", "read"))).isEqualTo("2");
  }

  @Test
  void callThatCalledOutBehindARefusedCommit_isTriedAgain_sinceNothingLeft() {
    test.script(
        "add and call",
        self -> {
          self.add("n", 1);
          return self.other("b").run("add");
        });
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    assertThat(test.getAsTimePasses(test.call("a", "add and call"))).isEqualTo("1");
    assertThat(get(test.call("a", "read"))).isEqualTo("1");
    assertThat(get(test.call("b", "read"))).isEqualTo("1");
  }

  @Test
  void callThatCalledOutBeforeItsRefusedCommit_isUnknown() {
    test.script(
        "call and add",
        self -> {
          String value = self.other("b").run("read");
          self.add("n", 1);
          return value;
        });
    test.script("warm up", self -> self.other("b").run("add"));
    get(test.call("a", "warm up"));
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    Throwable failure = test.failureAsTimePasses(test.call("a", "call and add"));
    assertThat(outcome(failure)).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void callThatCalledOutBehindAnothersRefusedCommit_isTriedAgain_sinceNothingLeft() {
    test.script("call", self -> self.other("b").run("add"));
    test.store().gate().hold();
    CompletableFuture<String> add = test.call("a", "add");
    test.awaitSubmitted(1);
    CompletableFuture<String> calling = test.call("a", "call");
    test.awaitRun("a");
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    test.store().gate().release();
    assertThat(test.getAsTimePasses(calling)).isEqualTo("1");
    assertThat(test.getAsTimePasses(add)).isEqualTo("1");
    assertThat(get(test.call("b", "read"))).as("applied once").isEqualTo("1");
  }

  @Test
  void callThatWaits_whenAnothersCommitFails_isTriedAgainIfItDidNothingYet() {
    CompletableFuture<String> go = new CompletableFuture<>();
    CountDownLatch waits = test.latch();
    test.script(
        "wait and add",
        self -> {
          waits.countDown();
          self.context().await(go);
          return String.valueOf(self.add("n", 1));
        });
    CompletableFuture<String> waiting = test.call("a", "wait and add");
    pass(waits);
    test.awaitRun("a");
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    failure(test.call("a", "add"));
    go.complete("");
    assertThat(test.getAsTimePasses(waiting)).isEqualTo("1");
  }

  @Test
  void eventsThatHaveNotBegun_goToTheNextActivation_inOrder() {
    CountDownLatch running = test.latch();
    CountDownLatch goOn = test.latch();
    test.script(
        "hold",
        self -> {
          running.countDown();
          if (self.activation() == 1) {
            pass(goOn);
          }
          return "";
        });
    test.script("mark", self -> String.valueOf(test.trace.add("mark" + self.activation())));
    test.store().gate().hold();
    CompletableFuture<String> add = test.call("a", "add");
    test.awaitSubmitted(1);
    CompletableFuture<String> hold = test.call("a", "hold");
    pass(running);
    List<CompletableFuture<String>> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      test.script("mark " + i, self -> note(number + " in " + self.activation()));
      ScriptedCalls stub = test.object("a");
      waiting.add(stub.later("mark " + i));
    }
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    test.store().gate().release();
    failure(add);
    waiting.forEach(TestEngine::get);
    assertThat(test.trace).containsExactly("0 in 2", "1 in 2", "2 in 2", "3 in 2", "4 in 2");
    goOn.countDown();
    test.getAsTimePasses(hold);
  }

  private static void ignore(CompletableFuture<?> future) {
    assertThat(future).isNotNull();
  }

  private String note(String text) {
    test.trace.add(text);
    return text;
  }

  @Test
  @Conformance("C-TX-10")
  void afterAFailedCommit_everyPlatformCallOfWhatStillRuns_throws() {
    CountDownLatch inside = test.latch();
    CountDownLatch goOn = test.latch();
    CompletableFuture<List<String>> seen = new CompletableFuture<>();
    test.script(
        "go on",
        self -> {
          if (self.activation() > 1) {
            return "tried again";
          }
          inside.countDown();
          pass(goOn);
          List<String> thrown = new ArrayList<>();
          for (Runnable use :
              List.<Runnable>of(
                  () -> self.count("n"),
                  () -> self.add("n", 1),
                  () -> self.store().deleteAll(),
                  () -> self.store().sync(),
                  () -> self.store().transaction(() -> {}),
                  () -> self.context().now(),
                  () -> self.context().sleep(Duration.ZERO),
                  () -> ignore(self.other("b").later("add")),
                  () -> self.context().abort("again"))) {
            try {
              use.run();
              thrown.add("nothing");
            } catch (Error e) {
              thrown.add(e.getMessage());
            }
          }
          seen.complete(thrown);
          return "";
        });
    test.store().gate().hold();
    CompletableFuture<String> add = test.call("a", "add");
    test.awaitSubmitted(1);
    CompletableFuture<String> left = test.call("a", "go on");
    pass(inside);
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    test.store().gate().release();
    failure(add);
    assertThat(test.engine().leftOverThreads()).isEqualTo(1);
    goOn.countDown();
    assertThat(get(seen)).hasSize(9).allMatch(message -> message.contains("over (writing commit"));
    test.getAsTimePasses(left);
    assertThat(get(test.call("b", "read"))).as("nothing left").isEqualTo("0");
  }

  @Test
  void sync_whoseCommitFails_throws_andTheCallIsUnknown() {
    test.script(
        "sync",
        self -> {
          self.add("n", 1);
          try {
            self.store().sync();
          } catch (Throwable t) {
            test.trace.add(t instanceof Error ? "error" : "exception");
            throw t;
          }
          return "";
        });
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_APPLIED);
    assertThat(outcome(failure(test.call("a", "sync")))).isEqualTo(Outcome.UNKNOWN);
    TestEngine.until("it has thrown", () -> test.trace.equals(List.of("error")));
  }

  @Test
  void constructorsWrites_fallWithTheFirstEventsCommit() {
    test.onConstruction(self -> self.add("born", 1));
    test.script("born", self -> String.valueOf(self.count("born")));
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    failure(test.call("a", "add"));
    assertThat(get(test.call("a", "born"))).isEqualTo("1");
  }

  @Test
  void commitAtTheEndOfALongTurn_isGivenTheWholeLimit() {
    test.script(
        "slow add",
        self -> {
          test.clock.advance(Duration.ofSeconds(25));
          return add(self);
        });
    test.store().gate().hold();
    CompletableFuture<String> slow = test.call("a", "slow add");
    test.awaitSubmitted(1);
    test.awaitRun("a");
    test.clock.advance(Duration.ofSeconds(10));
    test.store().gate().release();
    assertThat(get(slow)).isEqualTo("1");
    assertThat(get(test.call("a", "field"))).isEqualTo("1");
  }

  @Test
  void storeThatCannotBeOpened_isTriedAgainForTheCaller() {
    test.store().faults().failNextOpen();
    assertThat(test.getAsTimePasses(test.call("a", "add"))).isEqualTo("1");
  }

  @Test
  void deposedNode_isRefused_andSaysSo() {
    get(test.call("a", "add"));
    ScriptedCalls old = test.object("a");
    try (TestEngine.Deposed _ = test.takeOver()) {
      assertThat(get(test.call("a", "add"))).isEqualTo("2");
      Throwable refused = test.failureAsTimePasses(test.worker(() -> old.run("add")));
      assertThat(outcome(refused)).isEqualTo(Outcome.NOT_APPLIED);
      assertThat(get(test.call("a", "add"))).isEqualTo("3");
    }
  }
}
