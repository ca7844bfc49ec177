// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CarrierWatchTest {
  private volatile boolean stopped;

  @Test
  @Timeout(60)
  void virtual_threads_run_while_others_occupy_every_carrier() throws Exception {
    int cores = Runtime.getRuntime().availableProcessors();
    CountDownLatch looping = new CountDownLatch(cores);
    CountDownLatch ran = new CountDownLatch(1);
    try {
      for (int i = 0; i < cores; i++) {
        Thread.startVirtualThread(() -> loop(looping));
      }
      assertThat(looping.await(30, TimeUnit.SECONDS)).isTrue();
      // It waits already when carriers are added, and nobody comes after it.
      Thread.startVirtualThread(ran::countDown);
      try (CarrierWatch _ = CarrierWatch.start()) {
        ran.await();
      }
    } finally {
      stopped = true;
    }
  }

  @Test
  @Timeout(60)
  void closing_does_not_wait_for_a_carrier() {
    int cores = Runtime.getRuntime().availableProcessors();
    try (CarrierWatch _ = CarrierWatch.start()) {
      for (int i = 0; i < 8 * Math.max(4, cores); i++) {
        Thread.startVirtualThread(() -> loop(new CountDownLatch(1)));
      }
    } finally {
      stopped = true;
    }
  }

  /** Never lets go of its carrier. */
  private void loop(CountDownLatch begun) {
    begun.countDown();
    while (!stopped) {
      Thread.onSpinWait();
    }
  }
}
