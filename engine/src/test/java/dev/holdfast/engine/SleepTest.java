// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectResetException;
import dev.holdfast.engine.EngineOptions.MemoryLimits;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Idle objects leave memory, those in use stay, and whoever wakes has what was stored. */
class SleepTest extends EngineSuite {
  private final CompletableFuture<String> event = new CompletableFuture<>();
  private CountDownLatch goOn = new CountDownLatch(1);
  private CountDownLatch running = new CountDownLatch(1);

  @BeforeEach
  void scripts() {
    goOn = test.latch();
    running = test.latch();
    addTo(test);
    test.script("await", self -> self.context().await(event));
    test.script(
        "hold",
        self -> {
          running.countDown();
          pass(goOn);
          return "held";
        });
  }

  private static void addTo(TestEngine engine) {
    engine.script(
        "add",
        self -> {
          self.memory = self.add("n", 1);
          return String.valueOf(self.memory);
        });
    engine.script("state", self -> self.memory + " " + self.count("n"));
    engine.script("activation", self -> String.valueOf(self.activation()));
  }

  private void assertAwake() {
    assertThat(test.engine().activations()).isEqualTo(1);
  }

  private ScriptedCalls sleeper() {
    return test.objects(TestEngine.SLEEPER).getByName("a");
  }

  @Test
  @Conformance({"C-LC-09", "C-LC-27"})
  void idleObject_sleeps_andWakesWithWhatWasStored() {
    get(test.call("a", "add"));
    get(test.call("a", "add"));
    assertThat(get(test.call("a", "state"))).isEqualTo("2 2");
    ScriptedCalls stub = test.object("a");
    test.letSleep();
    assertThat(get(test.worker(() -> stub.run("state")))).isEqualTo("0 2");
    assertThat(test.activations("a")).isEqualTo(2);
  }

  @Test
  void objectThatIsUsed_staysAwake() {
    for (int i = 0; i < 10; i++) {
      get(test.call("a", "add"));
      test.awaitRun("a");
      test.clock.advance(ofSeconds(8));
    }
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
  }

  @Test
  @Conformance("C-LC-06")
  void withoutEviction_objectsStayForEver() {
    EngineOptions defaults = EngineOptions.defaults().withInlining(inlining);
    try (TestEngine awake =
        new TestEngine(defaults.withMemory(defaults.memory().withoutEviction()))) {
      addTo(awake);
      get(awake.call("a", "add"));
      awake.awaitRun("a");
      awake.clock.advance(Duration.ofDays(1));
      assertThat(get(awake.call("a", "activation"))).isEqualTo("1");
    }
  }

  @Test
  @Conformance("C-LC-10")
  void runningEvent_keepsAwake_andIsAnswered() {
    CompletableFuture<String> hold = test.object("a").later("hold");
    pass(running);
    test.clock.advance(ofSeconds(25));
    assertAwake();
    goOn.countDown();
    assertThat(get(hold)).isEqualTo("held");
    test.letSleep();
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
  }

  @Test
  void eventThatWaits_keepsAwake() {
    CompletableFuture<String> waiting = test.call("a", "await");
    TestEngine.until("it was called", () -> test.activations("a") == 1);
    test.awaitRun("a");
    test.clock.advance(ofSeconds(25));
    assertAwake();
    event.complete("came");
    assertThat(get(waiting)).isEqualTo("came");
    test.letSleep();
  }

  @Test
  void pendingCommit_keepsAwake() {
    test.store().gate().hold();
    CompletableFuture<String> add = test.call("a", "add");
    test.awaitSubmitted(1);
    test.awaitRun("a");
    test.clock.advance(ofSeconds(25));
    assertAwake();
    test.store().gate().release();
    get(add);
    test.letSleep();
  }

  @Test
  @Conformance("C-LC-07")
  void timer_keepsAwake_untilItHasFired() {
    test.script(
        "schedule",
        self -> {
          var _ = self.context().schedule(ofSeconds(15), () -> test.trace.add("fired"));
          return "";
        });
    get(test.call("a", "schedule"));
    test.awaitRun("a");
    test.clock.advance(ofSeconds(14));
    assertAwake();
    assertThat(test.trace).isEmpty();
    test.clock.advance(ofSeconds(1));
    TestEngine.until("it has fired", () -> test.trace.equals(List.of("fired")));
    assertThat(test.activations("a")).isEqualTo(1);
    test.letSleep();
  }

  @Test
  void timer_keepsAwake_forFifteenMinutesAtMost_andEndsWithTheActivation() {
    test.script(
        "schedule",
        self -> {
          var _ = self.context().schedule(Duration.ofHours(1), () -> test.trace.add("fired"));
          return "";
        });
    get(test.call("a", "schedule"));
    test.awaitRun("a");
    test.clock.advance(ofMinutes(14));
    assertAwake();
    test.clock.advance(ofMinutes(2));
    assertThat(test.engine().activations()).isZero();
    test.clock.advance(Duration.ofHours(1));
    assertThat(test.trace).isEmpty();
  }

  @Test
  void workGivenToWaitUntil_keepsAwake_untilItIsDone() {
    test.script(
        "work",
        self -> {
          self.context().waitUntil(event);
          return "";
        });
    get(test.call("a", "work"));
    test.awaitRun("a");
    test.clock.advance(ofMinutes(5));
    assertAwake();
    event.complete("");
    test.clock.advance(ofSeconds(11));
    assertThat(test.engine().activations()).isZero();
  }

  @Test
  void workGivenToWaitUntil_keepsAwake_forFifteenMinutesAtMost() {
    test.script(
        "work",
        self -> {
          self.context().waitUntil(event);
          return "";
        });
    get(test.call("a", "work"));
    test.awaitRun("a");
    test.clock.advance(ofMinutes(14));
    assertAwake();
    test.clock.advance(ofMinutes(2));
    assertThat(test.engine().activations()).isZero();
  }

  @Test
  void shortOfMemory_thoseLongestUnusedLeaveFirst() {
    EngineOptions few =
        EngineOptions.defaults()
            .withInlining(inlining)
            .withMemory(new MemoryLimits(ofMinutes(10), Long.MAX_VALUE, 2));
    try (TestEngine small = new TestEngine(few)) {
      addTo(small);
      for (String name : new String[] {"a", "b", "a", "c"}) {
        get(small.call(name, "add"));
        small.awaitRun(name);
        small.clock.advance(ofSeconds(1));
      }
      small.clock.advance(ofSeconds(2));
      assertThat(small.engine().activations()).isEqualTo(2);
      assertThat(get(small.call("a", "activation"))).isEqualTo("1");
      assertThat(get(small.call("c", "activation"))).isEqualTo("1");
      assertThat(get(small.call("b", "activation"))).isEqualTo("2");
    }
  }

  @Test
  void shortOfMemory_isToldToTheObject() {
    EngineOptions none =
        EngineOptions.defaults()
            .withInlining(inlining)
            .withMemory(new MemoryLimits(ofMinutes(10), Long.MAX_VALUE, 0));
    try (TestEngine small = new TestEngine(none)) {
      addTo(small);
      small.onSleep((self, reason) -> small.trace.add(reason.toString()));
      ScriptedCalls stub = small.objects(TestEngine.SLEEPER).getByName("a");
      get(stub.later("add"));
      TestEngine.until(
          "it sleeps",
          () -> {
            small.clock.advance(ofSeconds(1));
            return small.engine().activations() == 0;
          });
      assertThat(small.trace).containsExactly("MEMORY");
    }
  }

  @Test
  void beforeSleep_isTold_andWhatItWritesIsThereAfterwards() {
    test.onSleep(
        (self, reason) -> {
          test.trace.add(reason.toString());
          self.add("n", 10);
        });
    get(sleeper().later("add"));
    test.letSleep();
    assertThat(test.trace).containsExactly("IDLE");
    assertThat(get(sleeper().later("state"))).isEqualTo("0 11");
  }

  @Test
  void beforeSleep_thatThrows_keepsItsWrites_andTheObjectSleeps() {
    test.onSleep(
        (self, reason) -> {
          self.add("n", 10);
          throw new IllegalStateException("on purpose");
        });
    get(sleeper().later("add"));
    test.letSleep();
    assertThat(get(sleeper().later("state"))).isEqualTo("0 11");
    test.onSleep((self, reason) -> {});
  }

  @Test
  void beforeSleep_thatFailsWithAnError_losesItsWrites_andTheObjectIsGone() {
    test.onSleep(
        (self, reason) -> {
          self.add("n", 10);
          throw new AssertionError("on purpose");
        });
    get(sleeper().later("add"));
    test.letSleep();
    assertThat(get(sleeper().later("state"))).isEqualTo("0 1");
    test.onSleep((self, reason) -> {});
  }

  @Test
  void beforeSleep_thatTakesTooLong_isGivenUp() {
    test.onSleep(
        (self, reason) -> {
          if (self.activation() == 1) {
            running.countDown();
            pass(goOn);
            self.add("n", 10);
          }
        });
    get(sleeper().later("add"));
    test.letFallAsleep(running);
    test.clock.advance(ofSeconds(15));
    CompletableFuture<String> next = sleeper().later("state");
    test.clock.advance(ofSeconds(13));
    assertThat(next).isNotDone();
    test.clock.advance(ofSeconds(3));
    assertThat(get(next)).isEqualTo("0 1");
    goOn.countDown();
  }

  @Test
  void beforeSleep_whoseCommitFails_losesItsWrites_andTheObjectIsGone() {
    test.onSleep(
        (self, reason) -> {
          if (self.activation() == 1) {
            self.add("n", 10);
          }
        });
    get(sleeper().later("add"));
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    test.letSleep();
    assertThat(test.getAsTimePasses(sleeper().later("state"))).isEqualTo("0 1");
  }

  @Test
  @Conformance("C-LC-03")
  void nodeThatIsStartedAgain_hasWhatWasStored() {
    for (int i = 0; i < 3; i++) {
      get(test.call("a", "add"));
    }
    test.restart();
    assertThat(get(test.call("a", "add"))).isEqualTo("4");
  }

  @Test
  @Conformance("C-LC-21")
  void abort_dropsTheTurn_andSaysWhy() {
    test.script(
        "put and abort",
        self -> {
          self.add("n", 1);
          self.context().abort("on purpose");
          return "";
        });
    assertThat(failure(test.call("a", "put and abort")))
        .isInstanceOf(ObjectResetException.class)
        .hasMessageContaining("on purpose");
    assertThat(get(test.call("a", "state"))).isEqualTo("0 0");
  }
}
