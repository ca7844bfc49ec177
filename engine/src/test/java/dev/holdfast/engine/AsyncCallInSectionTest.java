// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Critical sections and the calls that an object made without waiting, before them or within. */
class AsyncCallInSectionTest extends EngineSuite {
  private CountDownLatch goOn = new CountDownLatch(1);

  @BeforeEach
  void scripts() {
    goOn = test.latch();
    test.script("name", Scripted::name);
    test.script(
        "slow",
        self -> {
          pass(goOn);
          return self.name();
        });
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

  /** How code waits for a call that was made before. */
  enum Late {
    JOIN {
      @Override
      String wait(Scripted self, CompletableFuture<String> call) {
        return call.join();
      }
    },
    GET {
      @Override
      String wait(Scripted self, CompletableFuture<String> call) throws Exception {
        return call.get();
      }
    },
    GET_WITH_TIMEOUT {
      @Override
      String wait(Scripted self, CompletableFuture<String> call) throws Exception {
        return call.get(1, TimeUnit.HOURS);
      }
    },
    AWAIT {
      @Override
      String wait(Scripted self, CompletableFuture<String> call) {
        return self.context().await(call);
      }
    },
    AWAIT_WITH_OTHERS {
      @Override
      String wait(Scripted self, CompletableFuture<String> call) {
        self.context().await(CompletableFuture.allOf(call, self.other("c").later("name")));
        return call.join();
      }
    },
    JOIN_WHAT_FOLLOWS {
      @Override
      String wait(Scripted self, CompletableFuture<String> call) {
        return call.thenCompose(value -> self.other(value).later("name")).join();
      }
    };

    abstract String wait(Scripted self, CompletableFuture<String> call) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void callMadeBefore_isWaitedForInACriticalSection(Late late) {
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> answer = self.other("b").later("slow");
          return self.section(
              s -> {
                goOn.countDown();
                return late.wait(s, answer);
              });
        });
    assertThat(get(test.call("a", "ask"))).isEqualTo("b");
  }

  @ParameterizedTest
  @EnumSource
  void callMadeByAnotherEvent_isWaitedForInAnExclusiveMethod(Late late) {
    AtomicReference<CompletableFuture<String>> answer = new AtomicReference<>();
    test.script(
        "ask",
        self -> {
          answer.set(self.other("b").later("slow"));
          return "";
        });
    test.script(
        "wait",
        self -> {
          goOn.countDown();
          return late.wait(self, answer.get());
        });
    for (String namespace : List.of(TestEngine.SCRIPTED, TestEngine.LONER)) {
      ScriptedCalls a = test.objects(namespace).getByName("a");
      get(test.worker(() -> a.alone("ask")));
      assertThat(get(test.worker(() -> a.alone("wait")))).as(namespace).isEqualTo("b");
    }
  }

  @Test
  void whatWasChainedBeforeACriticalSection_staysOutside_unlessTheSectionWaitsForIt() {
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> answer = self.other("b").later("slow");
          var _ = answer.thenAccept(value -> test.trace.add("chained before"));
          CompletableFuture<Integer> length =
              answer
                  .thenApply(value -> note("waited for", value + "!"))
                  .thenApplyAsync(value -> note("that too", value.length()));
          var _ = answer.thenAccept(value -> test.trace.add("chained last"));
          return self.section(
              s -> {
                goOn.countDown();
                var _ = answer.thenAccept(value -> test.trace.add("chained inside"));
                answer.join();
                String seen = s.other("c").run("name") + length.join();
                test.trace.add("end");
                return seen;
              });
        });
    assertThat(get(test.call("a", "ask"))).isEqualTo("c2");
    TestEngine.until("all has run", () -> test.trace.size() == 6);
    assertThat(test.trace.subList(0, 4))
        .containsExactly("chained inside", "waited for", "that too", "end");
  }

  private <T> T note(String text, T value) {
    test.trace.add(text);
    return value;
  }

  @Test
  void whatWasChainedToTwoCallsBeforeACriticalSection_isWaitedForInIt() {
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> first = self.other("b").later("slow");
          CompletableFuture<String> second = self.other("c").later("slow");
          CompletableFuture<String> both =
              first.thenCombine(second.thenApply(value -> value + "!"), String::concat);
          CompletableFuture<String> either = first.applyToEither(second, value -> "one");
          return self.section(
              s -> {
                goOn.countDown();
                return both.join() + either.join();
              });
        });
    assertThat(get(test.call("a", "ask"))).isEqualTo("bc!one");
  }

  @Test
  void whatFollowsACall_andWaitsAlready_isWaitedForInACriticalSection() {
    AtomicReference<CompletableFuture<String>> following = new AtomicReference<>();
    test.script(
        "ask",
        self -> {
          following.set(
              self.other("b")
                  .later("name")
                  .thenApply(name -> self.other("c").later("slow").join()));
          return "";
        });
    test.script(
        "wait",
        self ->
            self.section(
                s -> {
                  goOn.countDown();
                  return following.get().join();
                }));
    get(test.call("a", "ask"));
    TestEngine.until("c was called", () -> test.activations("c") == 1);
    assertThat(get(test.call("a", "wait"))).isEqualTo("c");
  }

  @Test
  void whatAChainedFunctionReturns_isWaitedForInACriticalSection() {
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> later =
              self.other("b").later("slow").thenApply(value -> value + "!");
          CompletableFuture<String> composed =
              self.other("c")
                  .later("name")
                  .thenCompose(
                      value -> {
                        goOn.countDown();
                        return later;
                      });
          return self.section(_ -> composed.join());
        });
    assertThat(get(test.call("a", "ask"))).isEqualTo("b!");
  }

  @Test
  void copyMadeBefore_isWaitedForInACriticalSection() {
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> copy =
              self.other("b").later("slow").thenApply(value -> value + "!").copy();
          return self.section(
              _ -> {
                goOn.countDown();
                return copy.join();
              });
        });
    assertThat(get(test.call("a", "ask"))).isEqualTo("b!");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatFollowsACall_mayWaitForSomethingElseThatFollowsIt(boolean inSection) {
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> answer = self.other("b").later("slow");
          CompletableFuture<String> first = answer.thenApply(value -> value + "!");
          CompletableFuture<String> second = answer.thenApply(value -> first.join() + "?");
          CompletableFuture<String> third = answer.thenApply(value -> second.join() + ".");
          if (inSection) {
            return self.section(
                _ -> {
                  goOn.countDown();
                  return third.join();
                });
          }
          goOn.countDown();
          return third.join();
        });
    assertThat(get(test.call("a", "ask"))).isEqualTo("b!?.");
  }
}
