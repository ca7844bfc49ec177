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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that an object makes without waiting: what follows them is code of the object too. */
class AsyncCallTest extends EngineSuite {
  private CountDownLatch goOn = new CountDownLatch(1);

  @BeforeEach
  void scripts() {
    goOn = test.latch();
    test.script("name", Scripted::name);
    test.script("trace", self -> String.valueOf(test.trace.add(self.name())));
    test.script("activation", self -> String.valueOf(self.activation()));
    test.script(
        "slow",
        self -> {
          pass(goOn);
          return self.name();
        });
    test.script(
        "fail",
        self -> {
          throw new IllegalStateException("on purpose");
        });
  }

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
  void dependents_runAsEventsOfTheObject_oneAtATime() {
    test.script(
        "ask",
        self -> {
          List<CompletableFuture<Void>> done = new ArrayList<>();
          for (int i = 0; i < 200; i++) {
            done.add(
                self.other("b" + i % 7)
                    .later("name")
                    .thenAccept(
                        name -> {
                          long before = self.memory;
                          self.add("n", 1);
                          self.memory = before + 1;
                        }));
          }
          CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get(0, TimeUnit.SECONDS);
          return "";
        });
    test.script("sum", self -> self.memory + " " + self.count("n"));
    CompletableFuture<String> asking = test.call("a", "ask");
    TestEngine.failure(asking);
    TestEngine.until("all came", () -> get(test.call("a", "sum")).equals("200 200"));
  }

  @Test
  void dependentsOnTheDefaultExecutor_areEventsToo() {
    test.script(
        "ask",
        self ->
            self.other("b").later("name").thenApplyAsync(name -> name + self.add("n", 1)).join());
    assertThat(get(test.call("a", "ask"))).isEqualTo("b1");
  }

  @Test
  void futureCompletedByAForeignThread_doesNotRunItsDependentsThere() {
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> answer = self.other("b").later("slow");
          CompletableFuture<String> followed = answer.thenApply(value -> value + self.add("n", 1));
          Thread.ofPlatform().name("foreign").start(() -> answer.complete("foreign")).join();
          return followed.join();
        });
    assertThat(get(test.call("a", "ask"))).isEqualTo("foreign1");
  }

  @Test
  void futureFailedByAForeignThread_doesNotRunItsDependentsThere() {
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> answer = self.other("b").later("slow");
          CompletableFuture<String> followed =
              answer.exceptionally(failure -> failure.getMessage() + self.add("n", 1));
          Thread.ofPlatform()
              .name("foreign")
              .start(() -> answer.completeExceptionally(new IllegalStateException("foreign")))
              .join();
          return followed.join();
        });
    assertThat(get(test.call("a", "ask"))).isEqualTo("foreign1");
  }

  @Test
  void dependentOfACallAndAForeignFuture_runsInTheObject_whoeverCompletesLast() {
    CompletableFuture<String> foreign = new CompletableFuture<>();
    CompletableFuture<String> waits = new CompletableFuture<>();
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> composed =
              self.other("b")
                  .later("name")
                  .thenCompose(name -> foreign)
                  .thenApply(value -> value + self.add("n", 1));
          CompletableFuture<String> combined =
              self.other("b")
                  .later("name")
                  .thenCombine(foreign, (name, value) -> name + value + self.add("n", 1));
          waits.complete("");
          return Stream.of(composed.join(), combined.join()).sorted().toList().toString();
        });
    CompletableFuture<String> asking = test.call("a", "ask");
    get(waits);
    get(test.call("b", "name"));
    test.awaitRun("a");
    foreign.complete("f");
    assertThat(get(asking)).isIn("[bf1, f2]", "[bf2, f1]");
  }

  @Test
  void longChainOfDependents_doesNotNestWithoutEnd() {
    test.script(
        "ask",
        self -> {
          CompletableFuture<Integer> sum = self.other("b").later("slow").thenApply(name -> 0);
          for (int i = 0; i < 20_000; i++) {
            sum = sum.thenApply(before -> before + 1);
          }
          goOn.countDown();
          return String.valueOf(sum.join());
        });
    assertThat(get(test.call("a", "ask"))).isEqualTo("20000");
  }

  @Test
  void join_inACriticalSection_getsItsAnswer_andKeepsOthersOut() {
    test.script(
        "ask",
        self ->
            self.section(
                s -> {
                  CompletableFuture<String> answer =
                      s.other("b").later("slow").thenApply(value -> value + test.trace.size());
                  goOn.countDown();
                  return answer.join();
                }));
    assertThat(get(test.call("a", "ask"))).isEqualTo("b0");
  }

  @Test
  void join_inAnExclusiveObject_getsItsAnswer() throws Exception {
    test.script("ask", self -> self.other("b").later("name").thenApply(name -> name + "!").join());
    ScriptedCalls a = test.objects(TestEngine.LONER).getByName("a");
    assertThat(get(test.worker(() -> a.run("ask")))).isEqualTo("b!");
  }

  @Test
  void loopOfCallsAndWhatFollows_isNotTakenForAChainOfObjects() {
    test.script("ask", self -> chase(self, 0).join());
    assertThat(get(test.call("a", "ask"))).isEqualTo("300");
  }

  private static CompletableFuture<String> chase(Scripted self, int round) {
    return self.other("b")
        .later("name")
        .thenCompose(
            name ->
                round == 300
                    ? CompletableFuture.completedFuture(String.valueOf(round))
                    : chase(self, round + 1));
  }

  @Test
  void whatFollowsACall_endsWithItsActivation_andDoesNotHarmTheNext() {
    CountDownLatch called = test.latch();
    test.script(
        "ask",
        self -> {
          var _ = self.other("b").later("called").thenAccept(value -> self.add("follows", 1));
          return "";
        });
    test.script(
        "called",
        self -> {
          called.countDown();
          return "";
        });
    CountDownLatch holding = test.latch();
    test.script(
        "hold and abort",
        self -> {
          holding.countDown();
          pass(goOn);
          self.context().abort("on purpose");
          return "";
        });
    test.store().gate().hold();
    test.script("add", self -> String.valueOf(self.add("n", 1)));
    CompletableFuture<String> add = test.call("a", "add");
    test.awaitSubmitted(1);
    var _ = test.call("a", "ask");
    test.awaitRun("a");
    CompletableFuture<String> abort = test.object("a").later("hold and abort");
    pass(holding);
    test.store().gate().release();
    get(add);
    pass(called);
    test.awaitRun("b");
    CompletableFuture<String> next = test.call("a", "activation");
    goOn.countDown();
    assertThat(TestEngine.failure(abort)).hasMessageContaining("on purpose");
    assertThat(get(next)).isEqualTo("2");
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
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
