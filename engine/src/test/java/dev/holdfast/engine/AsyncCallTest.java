// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Calls that an object makes without waiting, and how it waits for their answers later. */
class AsyncCallTest extends AsyncCallSuite {
  @Test
  @Conformance("C-LC-24")
  void join_letsOthersIn() {
    test.script("ask", self -> self.other("b").later("slow").join());
    test.script(
        "release",
        self -> {
          goOn.countDown();
          return "";
        });
    CompletableFuture<String> asking = test.call("a", "ask");
    TestEngine.until("b was called", () -> test.activations("b") == 1);
    get(test.call("a", "release"));
    assertThat(get(asking)).isEqualTo("b");
  }

  @Test
  void get_withTimeout_letsOthersIn_andGivesUp() {
    CompletableFuture<Thread> inside = new CompletableFuture<>();
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> answer = self.other("b").later("slow");
          inside.complete(Thread.currentThread());
          try {
            return answer.get(5, TimeUnit.SECONDS);
          } catch (TimeoutException e) {
            return "gave up";
          }
        });
    CompletableFuture<String> asking = test.call("a", "ask");
    TestEngine.awaitWaiting(get(inside));
    test.awaitRun("a");
    test.clock.advance(ofSeconds(5));
    assertThat(get(asking)).isEqualTo("gave up");
  }

  @Test
  void failure_isThrownByJoin() {
    test.script(
        "ask",
        self -> {
          try {
            return self.other("b").later("fail").join();
          } catch (CompletionException e) {
            return String.valueOf(e.getCause());
          }
        });
    assertThat(get(test.call("a", "ask"))).isEqualTo("java.lang.IllegalStateException: on purpose");
  }

  @Test
  void callsMadeInOneTurn_arriveInOrder() {
    List<String> expected = new ArrayList<>();
    test.script(
        "ask",
        self -> {
          ScriptedCalls b = self.other("b");
          List<CompletableFuture<String>> answers = new ArrayList<>();
          for (int i = 0; i < 50; i++) {
            answers.add(b.later("mark " + i));
          }
          b.run("mark last");
          answers.forEach(CompletableFuture::join);
          return "";
        });
    for (int i = 0; i < 50; i++) {
      String mark = "mark " + i;
      expected.add(mark);
      test.script(mark, self -> String.valueOf(test.trace.add(mark)));
    }
    expected.add("mark last");
    test.script("mark last", self -> String.valueOf(test.trace.add("mark last")));
    get(test.call("a", "ask"));
    assertThat(test.trace).containsExactlyElementsOf(expected);
  }

  @Test
  void awaitOfSeveralFutures_letsOthersIn() {
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> first = self.other("b").later("slow");
          CompletableFuture<String> second = self.other("c").later("name");
          self.context().await(CompletableFuture.allOf(first, second));
          return first.join() + second.join();
        });
    test.script(
        "release",
        self -> {
          goOn.countDown();
          return "";
        });
    CompletableFuture<String> asking = test.call("a", "ask");
    TestEngine.until("both were called", () -> test.activations("c") == 1);
    get(test.call("a", "release"));
    assertThat(get(asking)).isEqualTo("bc");
  }

  @Test
  void get_withAnEndlessTimeout_waits() {
    test.script("ask", self -> self.other("b").later("name").get(Long.MAX_VALUE, TimeUnit.DAYS));
    assertThat(get(test.call("a", "ask"))).isEqualTo("b");
  }

  @Test
  void get_withATimeout_forgetsItOnceTheAnswerIsThere() {
    test.script(
        "ask",
        self -> {
          int before = test.clock.pending();
          for (int i = 0; i < 50; i++) {
            self.other("b").later("name").get(1, TimeUnit.HOURS);
          }
          return String.valueOf(test.clock.pending() - before);
        });
    assertThat(get(test.call("a", "ask"))).isEqualTo("0");
  }

  @Test
  void callInATransactionThatIsRolledBack_isNeverMade_andItsFutureFails() {
    test.script(
        "ask",
        self -> {
          List<CompletableFuture<String>> futures = new ArrayList<>();
          self.store()
              .transaction(
                  () -> {
                    futures.add(self.other("b").later("trace"));
                    self.store().rollback();
                    futures.add(self.other("c").later("trace"));
                  });
          futures.getLast().join();
          try {
            return futures.getFirst().join();
          } catch (CompletionException e) {
            return String.valueOf(e.getCause());
          }
        });
    assertThat(get(test.call("a", "ask"))).contains("rolled back");
    assertThat(test.trace).containsExactly("c");
  }

  @Test
  void fromAWorker_theFutureCompletes_andItsDependentsHarmNobody() {
    CountDownLatch blocked = test.latch();
    CompletableFuture<String> first = test.object("a").later("slow");
    var _ = first.thenAccept(value -> pass(blocked));
    goOn.countDown();
    assertThat(get(test.object("a").later("name"))).isEqualTo("a");
    blocked.countDown();
  }
}
