// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectResetException;
import dev.holdfast.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a reset means for calls that had nothing to do with it. */
class ResetTest extends EngineSuite {

  /** How object code resets its object. */
  enum Reset {
    ABORT {
      @Override
      void of(Scripted self) {
        self.context().abort("on purpose");
      }
    },
    ERROR {
      @Override
      void of(Scripted self) {
        throw new AssertionError("on purpose");
      }
    },
    FAILED_SECTION {
      @Override
      void of(Scripted self) throws Exception {
        self.section(
            s -> {
              throw new IllegalStateException("on purpose");
            });
      }
    };

    abstract void of(Scripted self) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void reset_failsWhatHadBegun_andTriesAgainOnlyWhatHadNot(Reset reset) {
    CompletableFuture<String> never = new CompletableFuture<>();
    CountDownLatch waits = test.latch();
    CountDownLatch holds = test.latch();
    CountDownLatch goOn = test.latch();
    test.script(
        "wait",
        self -> {
          test.trace.add("began in " + self.activation());
          waits.countDown();
          return self.context().await(never);
        });
    test.script(
        "reset",
        self -> {
          holds.countDown();
          pass(goOn);
          reset.of(self);
          return "";
        });
    test.script("activation", self -> String.valueOf(self.activation()));
    CompletableFuture<String> begun = test.object("a").later("wait");
    pass(waits);
    test.awaitRun("a");
    CompletableFuture<String> culprit = test.object("a").later("reset");
    pass(holds);
    CompletableFuture<String> queued = test.object("a").later("activation");
    goOn.countDown();
    failure(culprit);
    assertThat(get(queued)).as("handed on").isEqualTo("2");
    Throwable failure = failure(begun);
    assertThat(failure)
        .isInstanceOf(ObjectResetException.class)
        .hasMessageContaining("Scripted/a was reset during later")
        .hasMessageContaining("on purpose");
    assertThat(((ObjectResetException) failure).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    assertThat(((ObjectResetException) failure).retryable()).isTrue();
    assertThat(test.trace).containsExactly("began in 1");
  }
}
