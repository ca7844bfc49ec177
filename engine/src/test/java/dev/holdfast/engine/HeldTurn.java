// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.pass;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A turn that has begun, and goes on when the test lets it, at the latest when the test ends. */
final class HeldTurn {
  private final CountDownLatch goOn;
  private final CompletableFuture<String> result;

  private HeldTurn(CountDownLatch goOn, CompletableFuture<String> result) {
    this.goOn = goOn;
    this.result = result;
  }

  /** Has an object do something, and waits until it has. */
  static HeldTurn after(TestEngine test, String object, Script first) {
    return between(test, object, first, _ -> "held");
  }

  /** The same for a turn that does more when it goes on. */
  static HeldTurn between(TestEngine test, String object, Script first, Script then) {
    CountDownLatch running = test.latch();
    CountDownLatch goOn = test.latch();
    test.script(
        "held",
        self -> {
          first.run(self);
          running.countDown();
          pass(goOn);
          return then.run(self);
        });
    CompletableFuture<String> result = test.object(object).later("held");
    pass(running);
    return new HeldTurn(goOn, result);
  }

  void goOn() {
    goOn.countDown();
  }

  CompletableFuture<String> result() {
    return result;
  }
}
