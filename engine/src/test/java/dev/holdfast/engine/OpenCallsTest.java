// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.LimitExceededException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The calls that an object made without waiting: how many there may be, and what they keep. */
class OpenCallsTest extends EngineSuite {
  private static final int MAX_CALLS = 5;

  private CountDownLatch goOn = new CountDownLatch(1);

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    return defaults.withEvents(defaults.events().withOpenCalls(MAX_CALLS));
  }

  @BeforeEach
  void scripts() {
    goOn = test.latch();
    test.script("name", Scripted::name);
    test.script(
        "slow",
        self -> {
          pass(goOn);
          return self.name();
        });
  }

  @Test
  void oneCallTooMany_isRefused_andTheOthersAreAnswered() {
    test.script(
        "fan out",
        self -> {
          List<CompletableFuture<String>> answers = new ArrayList<>();
          for (int i = 0; i < MAX_CALLS; i++) {
            answers.add(self.other("b" + i).later("slow"));
          }
          assertThatExceptionOfType(LimitExceededException.class)
              .isThrownBy(() -> self.other("b").later("name"))
              .withMessageContaining("Scripted/a: 5 calls")
              .withMessageContaining("limit 5 (limits.open-calls)");
          goOn.countDown();
          StringBuilder names = new StringBuilder();
          for (CompletableFuture<String> answer : answers) {
            names.append(answer.join()).append(' ');
          }
          return names + self.other("b").later("name").join();
        });
    assertThat(get(test.call("a", "fan out"))).isEqualTo("b0 b1 b2 b3 b4 b");
  }

  @Test
  void openCall_keepsTheObjectAwake_forWhatFollows() {
    test.script(
        "ask",
        self -> {
          var _ = self.other("b").later("slow").thenAccept(name -> self.store().put("from", name));
          return "";
        });
    test.script("from", self -> self.store().get("from", String.class).orElse("nobody"));
    get(test.call("a", "ask"));
    test.awaitRun("a");
    test.clock.advance(ofSeconds(25));
    goOn.countDown();
    TestEngine.until("stored", () -> get(test.call("a", "from")).equals("b"));
    assertThat(test.activations("a")).isEqualTo(1);
    test.letSleep();
    assertThat(get(test.call("a", "from"))).isEqualTo("b");
    assertThat(test.activations("a")).isEqualTo(2);
  }
}
