// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.pass;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;

/** What tests of calls share that an object makes without waiting. */
abstract class AsyncCallSuite extends EngineSuite {
  /** What the script "slow" waits for. */
  CountDownLatch goOn = new CountDownLatch(1);

  @BeforeEach
  void scripts() {
    goOn = test.latch();
    test.script("name", Scripted::name);
    test.script("trace", self -> String.valueOf(test.trace.add(self.name())));
    test.script("activation", self -> String.valueOf(self.activation()));
    test.script(
        "slow",
        self -> {
          pass(goOn);
          return self.name();
        });
    test.script(
        "fail",
        self -> {
          throw new IllegalStateException("on purpose");
        });
  }
}
