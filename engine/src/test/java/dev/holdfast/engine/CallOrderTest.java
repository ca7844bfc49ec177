// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.HoldfastException;
import dev.holdfast.Outcome;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Calls made through one stub reach the object in the order in which they were made, also those
 * that have to be tried again.
 */
class CallOrderTest extends EngineSuite {
  private static final int CALLS = 5;

  private CountDownLatch goOn = new CountDownLatch(1);
  private CountDownLatch holding = new CountDownLatch(1);

  @BeforeEach
  void scripts() {
    goOn = test.latch();
    holding = test.latch();
    for (int i = 0; i < 2 * CALLS; i++) {
      int number = i;
      test.script("append " + i, self -> append(self, number));
    }
    test.script("log", CallOrderTest::log);
    test.script(
        "hold and abort",
        self -> {
          holding.countDown();
          pass(goOn);
          self.context().abort("on purpose");
          return "";
        });
  }

  private static String log(Scripted self) {
    return self.store().get("log", String.class).orElse("");
  }

  private static String append(Scripted self, int number) {
    String log = log(self) + number;
    self.store().put("log", log);
    return log;
  }

  private List<CompletableFuture<String>> append(int from, int to) {
    ScriptedCalls stub = test.object("a");
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = from; i < to; i++) {
      answers.add(stub.later("append " + i));
    }
    return answers;
  }

  private static Outcome outcome(Throwable failure) {
    assertThat(failure).isInstanceOf(HoldfastException.class);
    return ((HoldfastException) failure).outcome();
  }

  @ParameterizedTest
  @CsvSource({
    "0, REFUSED, 01234",
    "1, REFUSED, 01234",
    "2, REFUSED, 01234",
    "4, REFUSED, 01234",
    "0, UNKNOWN_NOT_APPLIED, 1234",
    "2, UNKNOWN_NOT_APPLIED, 0134",
    "4, UNKNOWN_NOT_APPLIED, 0123",
    "0, UNKNOWN_APPLIED, 01234",
    "2, UNKNOWN_APPLIED, 01234",
    "4, UNKNOWN_APPLIED, 01234"
  })
  void whicheverCommitFails_theOthersAreAppliedInOrder(
      int position, CommitFault fault, String expected) {
    test.store().gate().hold();
    List<CompletableFuture<String>> answers = append(0, CALLS);
    test.awaitSubmitted(CALLS);
    for (int i = 0; i < position; i++) {
      test.store().gate().releaseOne();
    }
    test.awaitApplied(position);
    test.store().faults().failNextCommit(fault);
    test.store().gate().release();
    for (int i = 0; i < CALLS; i++) {
      if (i == position && fault != CommitFault.REFUSED) {
        assertThat(outcome(failure(answers.get(i)))).isEqualTo(Outcome.UNKNOWN);
      } else {
        get(answers.get(i));
      }
    }
    assertThat(get(test.call("a", "log"))).isEqualTo(expected);
  }

  @Test
  void refusedAgainAndAgain_eachTimeAtAnotherPlace_theCallsStayInOrder() {
    CommitFault refused = CommitFault.REFUSED;
    test.store().gate().hold();
    List<CompletableFuture<String>> answers = append(0, CALLS);
    test.awaitSubmitted(CALLS);
    for (int i = 1; i < 4; i++) {
      test.store().gate().releaseOne();
      test.awaitApplied(i);
      long submitted = test.store().gate().submitted();
      test.store().faults().failNextCommit(refused);
      test.store().gate().releaseOne();
      int left = CALLS - i;
      for (int behind = 1; behind < left; behind++) {
        test.store().gate().releaseOne();
      }
      TestEngine.until(
          "tried again",
          () -> {
            test.clock.advance(Duration.ofMillis(20));
            return test.store().gate().submitted() == submitted + left;
          });
    }
    test.store().gate().release();
    answers.forEach(TestEngine::get);
    assertThat(get(test.call("a", "log"))).isEqualTo("01234");
  }

  @Test
  void callsMadeWhileTheObjectRests_goBehindThoseThatAreTriedAgain() {
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    List<CompletableFuture<String>> answers = append(0, 1);
    TestEngine.until("refused twice", () -> test.activations("a") == 2);
    test.store().gate().hold();
    answers.addAll(append(1, CALLS));
    assertThat(answers).noneMatch(CompletableFuture::isDone);
    test.store().gate().release();
    answers.forEach(test::getAsTimePasses);
    assertThat(get(test.call("a", "log"))).isEqualTo("01234");
  }

  @Test
  void callsThatAreTriedAgain_goBeforeThoseThatHadNotBegun() {
    test.script(
        "hold once",
        self -> {
          if (self.activation() == 1) {
            holding.countDown();
            pass(goOn);
          }
          return "";
        });
    test.store().gate().hold();
    List<CompletableFuture<String>> answers = append(0, 2);
    test.awaitSubmitted(2);
    answers.add(test.object("a").later("hold once"));
    pass(holding);
    answers.addAll(append(2, CALLS));
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    test.store().gate().release();
    answers.forEach(TestEngine::get);
    assertThat(get(test.call("a", "log"))).isEqualTo("01234");
  }

  @Test
  void callsOfAnObject_someWithoutWaiting_areAppliedInOrder() {
    test.script(
        "caller",
        self -> {
          ScriptedCalls a = self.other("a");
          List<CompletableFuture<String>> answers = new ArrayList<>();
          for (int i = 0; i < CALLS - 1; i++) {
            answers.add(a.later("append " + i));
          }
          a.run("append " + (CALLS - 1));
          answers.forEach(CompletableFuture::join);
          return a.run("log");
        });
    test.store().gate().hold();
    CompletableFuture<String> caller = test.call("b", "caller");
    test.awaitSubmitted(CALLS);
    test.store().gate().releaseOne();
    test.awaitApplied(1);
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    test.store().gate().release();
    assertThat(test.getAsTimePasses(caller)).isEqualTo("01234");
  }

  @Test
  void objectThatCannotBeOpened_keepsItsCallsInOrder() {
    CompletableFuture<String> abort = test.object("a").later("hold and abort");
    pass(holding);
    List<CompletableFuture<String>> answers = append(0, CALLS);
    test.store().faults().failNextOpen();
    test.store().faults().failNextOpen();
    goOn.countDown();
    failure(abort);
    answers.forEach(test::getAsTimePasses);
    assertThat(get(test.call("a", "log"))).isEqualTo("01234");
  }

  @Test
  void objectThatCannotBeOpened_refusesAllWhoWait_afterFiveAttemptsInAll() {
    CompletableFuture<String> abort = test.object("a").later("hold and abort");
    pass(holding);
    List<CompletableFuture<String>> answers = append(0, CALLS);
    for (int i = 0; i < 5; i++) {
      test.store().faults().failNextOpen();
    }
    goOn.countDown();
    failure(abort);
    for (CompletableFuture<String> answer : answers) {
      assertThat(outcome(test.failureAsTimePasses(answer))).isEqualTo(Outcome.NOT_APPLIED);
    }
    assertThat(get(test.call("a", "log"))).isEmpty();
  }

  @Test
  void objectThatSleeps_getsItsCallsInOrder() {
    get(append(0, 1).getFirst());
    test.letSleep();
    append(1, CALLS).forEach(TestEngine::get);
    assertThat(get(test.call("a", "log"))).isEqualTo("01234");
    assertThat(test.activations("a")).isEqualTo(2);
  }

  @Test
  void callsThatComeWhileTheObjectGoesToSleep_areMadeInOrder_afterIt() {
    CountDownLatch falling = test.latch();
    test.onSleep(
        (self, reason) -> {
          falling.countDown();
          pass(goOn);
          append(self, 1);
        });
    ScriptedCalls sleeper = test.objects(TestEngine.SLEEPER).getByName("a");
    get(sleeper.later("append 0"));
    test.letFallAsleep(falling);
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 2; i < CALLS; i++) {
      answers.add(sleeper.later("append " + i));
    }
    goOn.countDown();
    answers.forEach(TestEngine::get);
    assertThat(get(sleeper.later("log"))).isEqualTo("01234");
  }

  @Test
  void resetByAnEvent_leavesTheOrderOfThoseBehindIt() {
    CompletableFuture<String> abort = test.object("a").later("hold and abort");
    pass(holding);
    List<CompletableFuture<String>> answers = append(0, CALLS);
    goOn.countDown();
    answers.addAll(append(CALLS, 2 * CALLS));
    failure(abort);
    answers.forEach(TestEngine::get);
    assertThat(get(test.call("a", "log"))).isEqualTo("0123456789");
  }

  @Test
  void callThatIsGivenUp_doesNotHoldUpTheNext() {
    for (int i = 0; i < 5; i++) {
      test.store().faults().failNextCommit(CommitFault.REFUSED);
    }
    CompletableFuture<String> first = append(0, 1).getFirst();
    TestEngine.until("refused twice", () -> test.activations("a") == 2);
    // One that writes may be about to commit when a reset finds it: then its fate is unknown.
    CompletableFuture<String> behind = test.object("a").later("log");
    assertThat(outcome(test.failureAsTimePasses(first))).isEqualTo(Outcome.NOT_APPLIED);
    assertThat(test.getAsTimePasses(behind)).isEmpty();
    assertThat(get(append(1, 2).getFirst())).isEqualTo("1");
  }

  @Test
  void resetThatLeavesNobodyBehind_leavesNothingInMemory() {
    goOn.countDown();
    failure(test.call("a", "hold and abort"));
    TestEngine.until("out of memory", () -> test.engine().activations() == 0);
  }
}
