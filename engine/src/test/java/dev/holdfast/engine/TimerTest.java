// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.LimitExceededException;
import dev.holdfast.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The timers of an object: how many there may be, and what they bring. */
class TimerTest extends EngineSuite {
  private static final int MAX_TIMERS = 5;

  private final CompletableFuture<String> never = new CompletableFuture<>();
  private final AtomicInteger begun = new AtomicInteger();

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    return defaults.withEvents(defaults.events().withTimers(MAX_TIMERS));
  }

  @BeforeEach
  void scripts() {
    test.script("nothing", self -> "");
    test.script(
        "set all",
        self -> {
          for (int i = 0; i < MAX_TIMERS; i++) {
            set(self, ofSeconds(1), () -> test.trace.add("fired"));
          }
          return "";
        });
    test.script(
        "set one",
        self -> {
          set(self, ofSeconds(1), () -> test.trace.add("one more"));
          return "";
        });
  }

  private static void set(Scripted self, Duration delay, Runnable action) {
    var _ = self.context().schedule(delay, action);
  }

  private static void assertTooMany(Throwable failure) {
    assertThat(failure)
        .hasMessageContaining(LimitExceededException.class.getName())
        .hasMessageContaining("Scripted/a: 5 timers")
        .hasMessageContaining("limit 5 (limits.timers)");
  }

  @Test
  void oneTimerTooMany_isRefused_andTheOthersFire() {
    get(test.call("a", "set all"));
    assertTooMany(failure(test.call("a", "set one")));
    get(test.call("b", "set one"));
    test.clock.advance(ofSeconds(1));
    TestEngine.until("fired", () -> test.trace.size() == MAX_TIMERS + 1);
    get(test.call("a", "set one"));
  }

  @Test
  void timerWhoseActionWaits_counts_soThatTicksDoNotPileUp() {
    test.script(
        "tick",
        self -> {
          tick(self);
          return "";
        });
    get(test.call("a", "tick"));
    for (int i = 0; i < 4 * MAX_TIMERS; i++) {
      test.clock.advance(ofMillis(1));
      test.awaitRun("a");
    }
    assertThat(begun.get()).as("the last one could set none, and failed").isEqualTo(MAX_TIMERS);
    get(test.call("a", "set one"));
    assertTooMany(failure(test.call("a", "set one")));
    never.complete("");
    test.awaitRun("a");
    get(test.call("a", "set one"));
  }

  /** Each sets the next one first, and then waits. */
  private void tick(Scripted self) {
    set(
        self,
        ofMillis(1),
        () -> {
          begun.incrementAndGet();
          tick(self);
          self.context().await(never);
        });
  }

  @Test
  void timerThatIsCancelled_makesRoom() {
    test.script(
        "set and cancel",
        self -> {
          for (int i = 0; i < 4 * MAX_TIMERS; i++) {
            Timer timer = self.context().schedule(ofSeconds(1), () -> test.trace.add("fired"));
            assertThat(timer.cancel()).isTrue();
            assertThat(timer.cancel()).isFalse();
          }
          return "";
        });
    get(test.call("a", "set and cancel"));
    test.clock.advance(ofSeconds(2));
    test.awaitRun("a");
    assertThat(test.trace).isEmpty();
    assertThat(test.clock.pending()).as("but for the sweep").isEqualTo(1);
    test.letSleep();
  }

  @Test
  void timerThatIsCancelled_whenItsEventWaits_countsUntilThatIsGone() {
    CountDownLatch set = test.latch();
    CountDownLatch fired = test.latch();
    test.script(
        "hold, cancel and set",
        self -> {
          Timer[] timers = new Timer[MAX_TIMERS];
          for (int i = 0; i < MAX_TIMERS; i++) {
            timers[i] = self.context().schedule(ofSeconds(1), () -> test.trace.add("fired"));
          }
          set.countDown();
          pass(fired);
          for (Timer timer : timers) {
            assertThat(timer.cancel()).isTrue();
          }
          set(self, ofSeconds(1), () -> test.trace.add("one more"));
          return "";
        });
    CompletableFuture<String> holding = test.object("a").later("hold, cancel and set");
    pass(set);
    test.clock.advance(ofSeconds(1));
    fired.countDown();
    assertTooMany(failure(holding));
    test.awaitRun("a");
    get(test.call("a", "set one"));
    test.clock.advance(ofSeconds(1));
    TestEngine.until("fired", () -> !test.trace.isEmpty());
    assertThat(test.trace).containsExactly("one more");
  }

  @Test
  void timerWhoseActionFails_makesRoom() {
    test.script(
        "set failing",
        self -> {
          set(
              self,
              ofSeconds(1),
              () -> {
                throw new IllegalStateException("on purpose");
              });
          return "";
        });
    for (int i = 0; i < 2 * MAX_TIMERS; i++) {
      get(test.call("a", "set failing"));
      test.clock.advance(ofSeconds(1));
      test.awaitRun("a");
    }
    test.letSleep();
  }

  @Test
  void timersOfAnActivationThatIsDiscarded_countNoMore() {
    test.script(
        "abort",
        self -> {
          self.context().abort("on purpose");
          return "";
        });
    get(test.call("a", "set all"));
    failure(test.call("a", "abort"));
    get(test.call("a", "set all"));
    test.clock.advance(ofSeconds(1));
    TestEngine.until("fired", () -> test.trace.size() == MAX_TIMERS);
  }
}
