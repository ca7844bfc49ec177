// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SystemClockTest {
  private final CountDownLatch goOn = new CountDownLatch(1);

  @Test
  void cancel_beforeItsTime_forgetsTheAction() {
    NodeClock.Scheduled later = NodeClock.system().after(NodeClock.LONGEST, () -> {});
    assertThat(later.cancel()).isTrue();
    assertThat(later.cancel()).as("again").isFalse();
  }

  @Test
  void cancel_whileTheActionRuns_saysThatItIsTooLate() {
    CountDownLatch running = new CountDownLatch(1);
    CompletableFuture<String> ran = new CompletableFuture<>();
    NodeClock.Scheduled now =
        NodeClock.system()
            .after(
                Duration.ZERO,
                () -> {
                  running.countDown();
                  pass(goOn);
                  ran.complete("ran");
                });
    pass(running);
    assertThat(now.cancel()).isFalse();
    goOn.countDown();
    assertThat(get(ran)).isEqualTo("ran");
    assertThat(now.cancel()).isFalse();
  }
}
