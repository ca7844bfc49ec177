// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Calls of many workers at once to one object. */
class ConcurrentCallsTest extends EngineSuite {
  private static final int WORKERS = 200;
  private static final int CALLS = 50;

  @Test
  void eachIsAppliedOnce_andTheObjectsFieldsAgreeWithItsStorage() {
    test.script(
        "add",
        self -> {
          self.memory++;
          return String.valueOf(self.add("n", 1));
        });
    test.script("read", self -> self.memory + " " + self.count("n"));
    List<CompletableFuture<String>> workers = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      workers.add(
          test.worker(
              () -> {
                ScriptedCalls object = test.object("a");
                for (int k = 1; k < CALLS; k++) {
                  object.run("add");
                }
                return object.run("add");
              }));
    }
    workers.forEach(TestEngine::get);
    assertThat(get(test.call("a", "read"))).isEqualTo("10000 10000");
    test.restart();
    assertThat(get(test.call("a", "read"))).isEqualTo("0 10000");
  }
}
