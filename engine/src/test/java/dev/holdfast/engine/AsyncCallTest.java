// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectResetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  /** What may be chained to the future of a call and a foreign one. */
  enum Combination {
    THEN_COMBINE {
      @Override
      CompletableFuture<String> of(Futures f) {
        return f.call.thenCombine(f.foreign, (value, other) -> f.code.get());
      }
    },
    THEN_COMBINE_ASYNC {
      @Override
      CompletableFuture<String> of(Futures f) {
        return f.call.thenCombineAsync(f.foreign, (value, other) -> f.code.get());
      }
    },
    THEN_ACCEPT_BOTH {
      @Override
      CompletableFuture<String> of(Futures f) {
        return f.call
            .thenAcceptBoth(f.foreign, (value, other) -> f.run())
            .thenApply(nothing -> "code");
      }
    },
    RUN_AFTER_BOTH {
      @Override
      CompletableFuture<String> of(Futures f) {
        return f.call.runAfterBoth(f.foreign, f::run).thenApply(nothing -> "code");
      }
    },
    APPLY_TO_EITHER {
      @Override
      CompletableFuture<String> of(Futures f) {
        return f.never.applyToEither(f.foreign, value -> f.code.get());
      }
    },
    ACCEPT_EITHER {
      @Override
      CompletableFuture<String> of(Futures f) {
        return f.never.acceptEither(f.foreign, value -> f.run()).thenApply(nothing -> "code");
      }
    },
    RUN_AFTER_EITHER {
      @Override
      CompletableFuture<String> of(Futures f) {
        return f.never.runAfterEither(f.foreign, f::run).thenApply(nothing -> "code");
      }
    },
    THEN_COMPOSE {
      @Override
      CompletableFuture<String> of(Futures f) {
        return f.call.thenCompose(value -> f.foreign).thenApply(value -> f.code.get());
      }
    },
    THEN_COMPOSE_ASYNC {
      @Override
      CompletableFuture<String> of(Futures f) {
        return f.call.thenComposeAsync(value -> f.foreign).thenApply(value -> f.code.get());
      }
    },
    EXCEPTIONALLY_COMPOSE {
      @Override
      CompletableFuture<String> of(Futures f) {
        return f.failing.exceptionallyCompose(e -> f.foreign).thenApply(value -> f.code.get());
      }
    },
    EXCEPTIONALLY_COMPOSE_ASYNC {
      @Override
      CompletableFuture<String> of(Futures f) {
        return f.failing.exceptionallyComposeAsync(e -> f.foreign).thenApply(value -> f.code.get());
      }
    };

    abstract CompletableFuture<String> of(Futures f);
  }

  record Futures(
      CompletableFuture<String> call,
      CompletableFuture<String> failing,
      CompletableFuture<String> never,
      CompletableFuture<String> foreign,
      Supplier<String> code) {
    void run() {
      String _ = code.get();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatDependsOnAForeignFutureToo_runsAsAnEventOfTheObject(Combination combination) {
    CompletableFuture<String> foreign = new CompletableFuture<>();
    CountDownLatch chained = test.latch();
    test.script(
        "ask",
        self -> {
          Futures futures =
              new Futures(
                  self.other("b").later("name"),
                  self.other("b").later("fail"),
                  self.other("c").later("slow"),
                  foreign,
                  () -> "code" + self.add("n", 1));
          CompletableFuture<String> followed = combination.of(futures);
          futures.call.join();
          chained.countDown();
          return followed.join();
        });
    CompletableFuture<String> asking = test.call("a", "ask");
    pass(chained);
    test.awaitRun("a");
    foreign.complete("foreign");
    assertThat(get(asking)).startsWith("code");
    test.script("n", self -> String.valueOf(self.count("n")));
    assertThat(get(test.call("a", "n"))).isEqualTo("1");
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
  void longChainOnOneCall_runsToItsEnd() {
    test.script(
        "ask",
        self -> {
          CompletableFuture<Integer> sum = self.other("b").later("slow").thenApply(value -> 0);
          for (int i = 0; i < 5_000; i++) {
            sum = sum.thenApply(value -> value + 1);
          }
          goOn.countDown();
          return String.valueOf(sum.join());
        });
    assertThat(get(test.call("a", "ask"))).isEqualTo("5000");
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
  void threadThatWaitsForACallOfAnObject_isToldThatItWasReset() {
    List<CompletableFuture<String>> waiting = new CopyOnWriteArrayList<>();
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> answer = self.other("b").later("slow");
          waiting.add(test.worker(answer::join));
          waiting.add(test.worker(answer.thenApply(value -> value + "!")::join));
          waiting.add(test.worker(answer.thenApplyAsync(value -> value + "!")::join));
          waiting.add(test.worker(() -> getOutside(answer)));
          waiting.add(test.worker(() -> CompletableFuture.anyOf(answer).join().toString()));
          return "";
        });
    test.script("abort", AsyncCallTest::abort);
    get(test.call("a", "ask"));
    test.awaitRun("a");
    assertThat(TestEngine.failure(test.call("a", "abort"))).hasMessageContaining("on purpose");
    assertThat(waiting)
        .allSatisfy(
            thread ->
                assertThat(TestEngine.failure(thread))
                    .isInstanceOf(ObjectResetException.class)
                    .hasMessageContaining("Scripted/a")
                    .hasMessageContaining("on purpose"));
  }

  private static String getOutside(CompletableFuture<String> answer) throws Exception {
    try {
      return answer.get(1, TimeUnit.HOURS);
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }

  private static String abort(Scripted self) {
    self.context().abort("on purpose");
    return "";
  }

  @Test
  void threadThatWaitsForWhatFollowsACall_isToldIfThatNeverRan() {
    CountDownLatch holding = test.latch();
    CountDownLatch abort = test.latch();
    AtomicReference<CompletableFuture<String>> waiting = new AtomicReference<>();
    CompletableFuture<String> foreign = new CompletableFuture<>();
    test.script(
        "hold and abort",
        self -> {
          CompletableFuture<String> answer = self.other("b").later("name");
          CompletableFuture<String> both = answer.thenCombine(foreign, String::concat);
          waiting.set(test.worker(both::join));
          answer.join();
          holding.countDown();
          pass(abort);
          return abort(self);
        });
    CompletableFuture<String> aborting = test.object("a").later("hold and abort");
    pass(holding);
    foreign.complete("ready");
    abort.countDown();
    TestEngine.failure(aborting);
    assertThat(TestEngine.failure(waiting.get()))
        .isInstanceOf(ObjectResetException.class)
        .hasMessageContaining("on purpose");
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
          var _ = self.other("b").later("called").thenAccept(value -> test.trace.add("follows"));
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
    assertThat(test.trace).isEmpty();
  }

  @Test
  void whatFollowsACall_doesNotBegin_onceAnotherHasReset() {
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> answer = self.other("b").later("slow");
          for (int i = 0; i < 3; i++) {
            var _ =
                answer.thenAccept(
                    value -> {
                      test.trace.add("ran");
                      self.context().abort("on purpose");
                    });
          }
          goOn.countDown();
          return "";
        });
    get(test.call("a", "ask"));
    TestEngine.until("reset", () -> get(test.call("a", "activation")).equals("2"));
    test.awaitRun("b");
    assertThat(test.trace).containsExactly("ran");
  }

  @Test
  void objectThatWaitsForACallOfAnother_isToldThatThatWasReset() {
    AtomicReference<CompletableFuture<String>> shared = new AtomicReference<>();
    test.script(
        "share",
        self -> {
          shared.set(self.other("b").later("slow"));
          return "";
        });
    CountDownLatch waiting = test.latch();
    test.script(
        "wait",
        self -> {
          waiting.countDown();
          return self.context().await(shared.get());
        });
    test.script("abort", AsyncCallTest::abort);
    get(test.call("a", "share"));
    CompletableFuture<String> waits = test.call("c", "wait");
    pass(waiting);
    assertThat(TestEngine.failure(test.call("a", "abort"))).hasMessageContaining("on purpose");
    assertThat(TestEngine.failure(waits)).hasMessageContaining("on purpose");
    assertThat(TestEngine.failure(test.call("d", "wait"))).hasMessageContaining("on purpose");
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
