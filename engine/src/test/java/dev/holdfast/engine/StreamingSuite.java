// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;

/** What tests of streamed bodies share. */
abstract class StreamingSuite extends FetchSuite {
  /**
   * What is on its way at most: what a pipe holds, one piece, and what is gathered for the next.
   */
  static final long BOUND_BYTES = (64 << 10) + 2 * (8 << 10);

  CountDownLatch goOn = new CountDownLatch(1);

  /** What a writer was told that wrote until nobody read any more. */
  final CompletableFuture<String> ended = new CompletableFuture<>();

  @BeforeEach
  void commonScripts() {
    goOn = test.latch();
    test.script("activation", self -> String.valueOf(self.activation()));
    test.script("count", self -> String.valueOf(self.count("n")));
    test.script(
        "abort",
        self -> {
          self.context().abort("on purpose");
          return "";
        });
  }
}
