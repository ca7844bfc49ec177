// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.KeyRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What lets others into an object while its code waits, and what does not. */
class InterleavingTest extends EngineSuite {
  private final CompletableFuture<String> event = new CompletableFuture<>();
  private CountDownLatch goOn = new CountDownLatch(1);

  @BeforeEach
  void scripts() {
    goOn = test.latch();
    test.script("enter", self -> String.valueOf(++self.memory));
    test.script(
        "slow",
        self -> {
          pass(goOn);
          return "";
        });
  }

  /** The ways in which code of an object waits for something other than its own storage. */
  enum Wait {
    CALL {
      @Override
      void in(Scripted self, CompletableFuture<String> event) throws Exception {
        self.other("b").run("slow");
      }
    },
    JOIN {
      @Override
      void in(Scripted self, CompletableFuture<String> event) {
        self.other("b").later("slow").join();
      }
    },
    AWAIT {
      @Override
      void in(Scripted self, CompletableFuture<String> event) {
        self.context().await(event);
      }
    },
    SLEEP {
      @Override
      void in(Scripted self, CompletableFuture<String> event) {
        self.context().sleep(ofSeconds(5));
      }
    };

    abstract void in(Scripted self, CompletableFuture<String> event) throws Exception;
  }

  private void endOfWait() {
    goOn.countDown();
    event.complete("");
    test.clock.advance(ofSeconds(5));
  }

  @ParameterizedTest
  @EnumSource
  void wait_letsOthersIn_andEndsTheTurn(Wait wait) {
    CountDownLatch waiting = test.latch();
    test.script(
        "wait",
        self -> {
          self.add("n", 1);
          waiting.countDown();
          wait.in(self, event);
          return String.valueOf(self.memory);
        });
    CompletableFuture<String> waits = test.call("a", "wait");
    pass(waiting);
    test.awaitRun("a");
    test.awaitApplied(1);
    assertThat(waits).isNotDone();
    for (int i = 1; i <= 3; i++) {
      assertThat(get(test.call("a", "enter"))).isEqualTo(String.valueOf(i));
    }
    endOfWait();
    assertThat(get(waits)).isEqualTo("3");
  }

  @ParameterizedTest
  @EnumSource
  void criticalSection_keepsOthersOut_howeverItWaits(Wait wait) {
    CountDownLatch waiting = test.latch();
    test.script(
        "wait",
        self ->
            self.section(
                s -> {
                  waiting.countDown();
                  wait.in(s, event);
                  test.trace.add("section");
                  return "";
                }));
    test.script("mark", self -> String.valueOf(test.trace.add("mark")));
    CompletableFuture<String> waits = test.call("a", "wait");
    pass(waiting);
    CompletableFuture<String> mark = test.object("a").later("mark");
    if (wait == Wait.SLEEP) {
      TestEngine.until("the end of its sleep is scheduled", () -> test.clock.pending() > 1);
    }
    endOfWait();
    get(waits);
    get(mark);
    assertThat(test.trace).containsExactly("section", "mark");
  }

  @Test
  void storage_letsNobodyIn() {
    CountDownLatch inside = test.latch();
    test.script(
        "use storage",
        self -> {
          inside.countDown();
          for (int i = 0; i < 200; i++) {
            self.add("n" + i % 7, 1);
            var _ = self.store().list(Long.class, KeyRange.prefix("n"));
            self.store().delete("n" + i % 5);
          }
          self.store().sync();
          return String.valueOf(self.memory);
        });
    CompletableFuture<String> uses = test.object("a").later("use storage");
    pass(inside);
    List<CompletableFuture<String>> others = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      others.add(test.object("a").later("enter"));
    }
    assertThat(get(uses)).isEqualTo("0");
    others.forEach(TestEngine::get);
  }

  @Test
  void sync_letsNobodyIn() {
    test.script(
        "sync",
        self -> {
          self.add("n", 1);
          self.store().sync();
          return String.valueOf(self.memory);
        });
    test.store().gate().hold();
    CompletableFuture<String> sync = test.call("a", "sync");
    test.awaitSubmitted(1);
    CompletableFuture<String> enter = test.object("a").later("enter");
    test.store().gate().release();
    assertThat(get(sync)).isEqualTo("0");
    assertThat(get(enter)).isEqualTo("1");
  }

  @Test
  @Conformance("C-TX-06")
  void sync_returnsOnceWhatWasWrittenIsDurable() {
    CountDownLatch synced = test.latch();
    test.script(
        "sync",
        self -> {
          self.add("n", 1);
          self.add("m", 1);
          self.store().sync();
          self.store().sync();
          synced.countDown();
          return "";
        });
    test.store().gate().hold();
    CompletableFuture<String> sync = test.call("a", "sync");
    test.awaitSubmitted(1);
    assertThat(synced.getCount()).isEqualTo(1);
    test.store().gate().releaseOne();
    get(sync);
    assertThat(test.store().gate().submitted()).as("one commit").isEqualTo(1);
    test.store().gate().release();
  }

  @Test
  @Conformance("C-TX-07")
  void sync_doesNotWaitForWhatIsWrittenLater() {
    test.script(
        "sync and write",
        self -> {
          self.add("n", 1);
          self.store().sync();
          self.add("n", 1);
          return "";
        });
    test.store().gate().hold();
    CompletableFuture<String> answer = test.call("a", "sync and write");
    test.awaitSubmitted(1);
    test.store().gate().releaseOne();
    test.awaitSubmitted(2);
    assertThat(answer).as("stands behind the second").isNotDone();
    test.store().gate().release();
    get(answer);
  }

  @Test
  void eightWhoResume_letOneNewEventIn() {
    CountDownLatch holding = test.latch();
    test.script(
        "resume",
        self -> {
          self.context().await(event);
          test.trace.add("resumed");
          return "";
        });
    test.script(
        "hold",
        self -> {
          holding.countDown();
          pass(goOn);
          return "";
        });
    test.script("new", self -> String.valueOf(test.trace.add("new")));
    List<CompletableFuture<String>> answers = new ArrayList<>();
    ScriptedCalls a = test.object("a");
    for (int i = 0; i < 12; i++) {
      answers.add(a.later("resume"));
    }
    test.awaitRun("a");
    answers.add(a.later("hold"));
    pass(holding);
    answers.add(a.later("new"));
    event.complete("");
    goOn.countDown();
    answers.forEach(TestEngine::get);
    assertThat(test.trace.indexOf("new")).isEqualTo(8);
  }

  @Test
  void manyEventsThatSleep_comeBackEachAtItsTime() {
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 5; i > 0; i--) {
      int seconds = i;
      test.script(
          "sleep " + i,
          self -> {
            self.context().sleep(Duration.ofSeconds(seconds));
            test.trace.add("after " + seconds);
            return "";
          });
      answers.add(test.object("a").later("sleep " + i));
    }
    test.awaitRun("a");
    for (int i = 1; i <= 5; i++) {
      int passed = i;
      test.clock.advance(ofSeconds(1));
      TestEngine.until("it is back", () -> test.trace.size() == passed);
    }
    answers.forEach(TestEngine::get);
    assertThat(test.trace).containsExactly("after 1", "after 2", "after 3", "after 4", "after 5");
  }
}
