// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.HoldfastException;
import dev.holdfast.ObjectResetException;
import dev.holdfast.ObjectUnavailableException;
import dev.holdfast.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How an object comes to life, and what happens when it does not. */
class ConstructionTest extends EngineSuite {
  private CountDownLatch constructing = new CountDownLatch(1);
  private CountDownLatch goOn = new CountDownLatch(1);

  @BeforeEach
  void scripts() {
    constructing = test.latch();
    goOn = test.latch();
    test.script("activation", self -> String.valueOf(self.activation()));
    test.script("born", self -> String.valueOf(self.count("born")));
    test.script("next", self -> String.valueOf(self.memory++));
    test.script("call back", self -> self.other("a").run("activation"));
  }

  private static void fail(String message) {
    throw new IllegalStateException(message);
  }

  @Test
  @Conformance("C-LC-01")
  void manyFirstCalls_constructOnce() {
    test.onConstruction(
        self -> {
          constructing.countDown();
          pass(goOn);
        });
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(test.call("a", "next"));
    }
    pass(constructing);
    goOn.countDown();
    assertThat(calls.stream().map(TestEngine::get)).containsExactlyInAnyOrder("0", "1", "2");
    assertThat(test.activations("a")).isEqualTo(1);
  }

  @Test
  void stubAlone_constructsNothing_andStoresNothing() {
    assertThat(test.object("a").toString()).isEqualTo("Scripted/a");
    assertThat(test.activations("a")).isZero();
    get(test.call("a", "activation"));
    assertThat(test.store().gate().submitted()).isZero();
  }

  @Test
  void writesOfTheConstructor_joinTheFirstEventsCommit() {
    test.onConstruction(self -> self.add("born", 1));
    test.script("add", self -> String.valueOf(self.add("n", 1)));
    get(test.call("a", "add"));
    assertThat(test.store().gate().committed())
        .singleElement()
        .satisfies(group -> assertThat(group.commits().getFirst().changes()).hasSize(2));
  }

  @Test
  void exceptionOfTheConstructor_reachesTheCaller_andItsWritesAreDropped() {
    test.onConstruction(
        self -> {
          self.add("born", 1);
          if (self.activation() == 1) {
            fail("not yet");
          }
        });
    assertThat(failure(test.call("a", "born"))).hasMessageContaining("not yet");
    assertThat(get(test.call("a", "born"))).isEqualTo("1");
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
  }

  @Test
  void errorOfTheConstructor_resetsTheObject() {
    test.onConstruction(
        self -> {
          if (self.activation() == 1) {
            throw new AssertionError("bad");
          }
        });
    assertThat(failure(test.call("a", "born")))
        .isInstanceOf(ObjectResetException.class)
        .hasMessageContaining("bad");
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
  }

  @Test
  void eventsThatWaitForAConstructorThatFails_goToTheNextActivation_inOrder() {
    test.onConstruction(
        self -> {
          if (self.activation() == 1) {
            constructing.countDown();
            pass(goOn);
            fail("not yet");
          }
        });
    CompletableFuture<String> first = test.object("a").later("activation");
    pass(constructing);
    List<CompletableFuture<String>> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      waiting.add(test.object("a").later("next"));
    }
    goOn.countDown();
    assertThat(failure(first)).hasMessageContaining("not yet");
    assertThat(waiting.stream().map(TestEngine::get)).containsExactly("0", "1", "2", "3", "4");
    assertThat(test.activations("a")).isEqualTo(2);
  }

  @Test
  void constructorThatKeepsFailing_isTriedLessAndLessOften() {
    test.onConstruction(self -> fail("never"));
    assertBacksOff();
  }

  @Test
  void constructorWhoseCriticalSectionKeepsFailing_isTriedLessAndLessOften() {
    test.onConstruction(self -> self.context().blockConcurrencyWhile(() -> fail("never")));
    assertBacksOff();
  }

  @Test
  void constructorThatKeepsAborting_isTriedLessAndLessOften() {
    test.onConstruction(self -> self.context().abort("never"));
    assertBacksOff();
  }

  private void assertBacksOff() {
    assertThat(failure(test.call("a", "born"))).hasMessageContaining("never");
    assertThat(failure(test.call("a", "born"))).as("once more").hasMessageContaining("never");
    Throwable refused = failure(test.call("a", "born"));
    assertThat(refused)
        .isInstanceOf(ObjectUnavailableException.class)
        .hasMessageContaining("Scripted/a")
        .hasMessageContaining("failed 2 times in a row")
        .hasMessageContaining("never");
    assertThat(((HoldfastException) refused).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    assertThat(test.activations("a")).isEqualTo(2);
    test.clock.advance(ofMillis(100));
    failure(test.call("a", "born"));
    assertThat(test.activations("a")).isEqualTo(3);
    test.clock.advance(ofMillis(199));
    failure(test.call("a", "born"));
    assertThat(test.activations("a")).as("twice as long a pause").isEqualTo(3);
    test.onConstruction(self -> {});
    test.clock.advance(ofMillis(1));
    assertThat(get(test.call("a", "activation"))).isEqualTo("4");
  }

  @Test
  void pauseBetweenAttempts_isAtMostTenSeconds_andEndsWithTheFirstSuccess() {
    test.onConstruction(self -> fail("never"));
    for (int i = 0; i < 20; i++) {
      failure(test.call("a", "born"));
      test.clock.advance(ofSeconds(10));
    }
    assertThat(test.activations("a")).isEqualTo(20);
    test.onConstruction(self -> {});
    get(test.call("a", "born"));
    test.letSleep();
    test.onConstruction(self -> fail("again"));
    failure(test.call("a", "born"));
    failure(test.call("a", "born"));
    assertThat(test.activations("a")).as("the first failure costs nothing").isEqualTo(23);
  }

  @Test
  void constructorThatWaits_keepsEverybodyOut_andWhatItWroteBeforeStays() {
    CompletableFuture<String> event = new CompletableFuture<>();
    test.onConstruction(
        self -> {
          self.add("born", 1);
          constructing.countDown();
          self.context().await(event);
          if (self.activation() == 1) {
            fail("after the wait");
          }
        });
    CompletableFuture<String> first = test.object("a").later("born");
    pass(constructing);
    CompletableFuture<String> second = test.object("a").later("born");
    test.awaitApplied(1);
    event.complete("");
    assertThat(failure(first)).hasMessageContaining("after the wait");
    assertThat(get(second)).isEqualTo("2");
  }

  @Test
  void constructorMayCallOthers() {
    test.onConstruction(
        self -> {
          if (self.name().equals("a")) {
            self.memory = Long.parseLong(callOf(self, "b", "next"));
          }
        });
    get(test.call("b", "next"));
    assertThat(get(test.call("a", "next"))).isEqualTo("1");
  }

  private static String callOf(Scripted self, String object, String script) {
    try {
      return self.other(object).run(script);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void constructorMayCallWithoutWaiting_andJoin() {
    test.onConstruction(
        self -> {
          if (self.name().equals("a")) {
            self.memory =
                self.other("b")
                    .later("next")
                    .thenApply(Long::valueOf)
                    .thenApply(value -> value + self.add("follows", 10))
                    .join();
          }
        });
    get(test.call("b", "next"));
    assertThat(get(test.call("a", "next"))).isEqualTo("11");
    assertThat(test.activations("a")).isEqualTo(1);
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
  }

  @Test
  void callBackIntoAnObjectThatIsConstructed_failsAtOnce() {
    test.onConstruction(
        self -> {
          if (self.name().equals("a")) {
            callOf(self, "b", "call back");
          }
        });
    assertThat(failure(test.call("a", "activation")))
        .hasMessageContaining("Scripted/a")
        .hasMessageContaining("came back into the object while its constructor runs");
  }

  @Test
  void callBackIntoASectionOfTheConstructor_failsAtOnce() {
    test.onConstruction(
        self -> {
          if (self.name().equals("a")) {
            self.context().blockConcurrencyWhile(() -> note(callOf(self, "b", "call back")));
          }
        });
    assertThat(failure(test.call("a", "activation"))).hasMessageContaining("came back");
    assertThat(test.activations("a")).isEqualTo(1);
  }

  private void note(String text) {
    test.trace.add(text);
  }

  @Test
  void callToItself_inTheConstructor_failsAtOnce() {
    test.onConstruction(self -> callOf(self, "a", "activation"));
    assertThat(failure(test.call("a", "activation"))).hasMessageContaining("came back");
  }

  @Test
  void timerOfTheConstructor_runsAfterIt() {
    test.onConstruction(
        self -> {
          var _ = self.context().schedule(ofSeconds(1), () -> note("timer"));
          test.clock.advance(ofSeconds(2));
          note("constructed");
        });
    get(test.call("a", "activation"));
    TestEngine.until("both", () -> test.trace.size() == 2);
    assertThat(test.trace).containsExactly("constructed", "timer");
  }
}
