// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What follows a call that an object made without waiting: it is code of the object too. */
class AsyncCallDependentsTest extends AsyncCallSuite {
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
}
