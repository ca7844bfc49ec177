// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Critical sections that wait for each other: a circle is refused at once, anything else waits. */
class ExclusiveWaitTest extends EngineSuite {
  private final CompletableFuture<String> event = new CompletableFuture<>();

  @BeforeEach
  void scripts() {
    test.script("name", Scripted::name);
    test.script("activation", self -> String.valueOf(self.activation()));
    test.script("await", self -> self.context().await(event));
  }

  /** A section that calls {@code next}, once {@code all} objects are in theirs. */
  private void callInSection(
      String script, String next, CountDownLatch entered, CountDownLatch all) {
    test.script(
        script,
        self ->
            self.section(
                s -> {
                  entered.countDown();
                  pass(all);
                  return s.other(next).run("name");
                }));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void circle_isRefusedAtOnce_namingBothEnds_andTheOthersGoOn(int size) {
    CountDownLatch all = test.latch();
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      CountDownLatch entered = test.latch();
      callInSection("section " + i, "o" + (i + 1) % size, entered, all);
      answers.add(test.call("o" + i, "section " + i));
      pass(entered);
    }
    all.countDown();
    int refused = 0;
    for (CompletableFuture<String> answer : answers) {
      TestEngine.until("answered", answer::isDone);
      if (answer.isCompletedExceptionally()) {
        refused++;
        assertThat(failure(answer))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("would wait for ever")
            .message()
            .containsPattern("Scripted/o\\d.*Scripted/o\\d");
      }
    }
    assertThat(refused).isEqualTo(1);
  }

  @Test
  void objectThatCallsItselfInASection_isNoCircle() {
    test.script("ask itself", self -> self.section(s -> s.other(s.name()).run("name")));
    assertThat(get(test.call("a", "ask itself"))).isEqualTo("a");
  }

  @Test
  void waitForASectionThatGoesOn_isNoCircle() {
    CountDownLatch entered = test.latch();
    CountDownLatch goOn = test.latch();
    test.script(
        "hold",
        self ->
            self.section(
                s -> {
                  entered.countDown();
                  pass(goOn);
                  return "held";
                }));
    test.script("ask", self -> self.section(s -> s.other("b").run("name")));
    CompletableFuture<String> hold = test.call("b", "hold");
    pass(entered);
    CompletableFuture<String> ask = test.call("a", "ask");
    TestEngine.until("a waits", () -> test.engine().waitingSections() == 1);
    assertThat(ask).isNotDone();
    goOn.countDown();
    get(hold);
    assertThat(get(ask)).isEqualTo("b");
  }

  @Test
  void activationThatEndsInNestedSections_leavesNoneOfThemBehind() {
    test.script("outer", self -> self.section(s -> s.other("between").run("back")));
    test.script("back", self -> self.other("a").run("nested"));
    test.script("nested", self -> self.section(s -> s.other("b").run("name")));
    CompletableFuture<String> busy = test.worker(() -> test.object("b").alone("await"));
    test.awaitRun("between");
    TestEngine.until("b holds", () -> test.activations("b") == 1);
    CompletableFuture<String> outer = test.call("a", "outer");
    TestEngine.until("both sections wait", () -> test.engine().waitingSections() == 2);
    test.clock.advance(Duration.ofSeconds(31));
    failure(outer);
    failure(busy);
    TestEngine.until("forgotten", () -> test.engine().waitingSections() == 0);
    event.complete("");
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
  }

  /**
   * The next activation of {@code a} calls {@code b} in its constructor, while {@code b} is in a
   * section that waits for a call to {@code a}: which goes from one activation to the next.
   */
  private CompletableFuture<String> circleThroughTheNextActivation() {
    CompletableFuture<String> refused = new CompletableFuture<>();
    test.onConstruction(
        self -> {
          if (self.name().equals("a") && self.activation() == 2) {
            try {
              refused.complete(self.other("b").run("name"));
            } catch (Exception e) {
              refused.completeExceptionally(e);
            }
          }
        });
    return refused;
  }

  private static void assertCircle(Throwable refusal) {
    assertThat(refusal)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("would wait for ever");
  }

  @Test
  void circle_throughACallThatWaitedForTheActivationBefore_isRefusedAtOnce() {
    CompletableFuture<String> refused = circleThroughTheNextActivation();
    CountDownLatch holds = test.latch();
    CountDownLatch goOn = test.latch();
    test.script(
        "hold and abort",
        self -> {
          holds.countDown();
          pass(goOn);
          self.context().abort("on purpose");
          return "";
        });
    test.script("ask a", self -> self.section(s -> s.other("a").run("name")));
    CompletableFuture<String> holding = test.object("a").later("hold and abort");
    pass(holds);
    CompletableFuture<String> first = test.object("a").later("activation");
    CompletableFuture<String> asking = test.call("b", "ask a");
    TestEngine.until("b waits", () -> test.engine().waitingSections() == 1);

    goOn.countDown();
    failure(holding);

    assertCircle(failure(refused));
    assertThat(get(first)).isEqualTo("2");
    assertThat(get(asking)).isEqualTo("a");
  }

  @Test
  void circle_throughACallThatIsTriedAgain_isRefusedAtOnce() {
    CompletableFuture<String> refused = circleThroughTheNextActivation();
    test.script("add", self -> String.valueOf(self.add("n", 1)));
    test.script("ask a", self -> self.section(s -> s.other("a").run("add")));
    get(test.call("a", "name"));
    test.store().gate().hold();
    CompletableFuture<String> first = test.call("a", "add");
    test.awaitSubmitted(1);
    CompletableFuture<String> asking = test.call("b", "ask a");
    test.awaitSubmitted(2);
    test.awaitRun("a");
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    test.store().gate().release();

    assertCircle(failure(refused));
    assertThat(get(first)).isEqualTo("1");
    assertThat(get(asking)).isEqualTo("2");
  }

  @Test
  void callChain_of64Objects_isAnswered_andOneMoreIsRefused() {
    test.script("next", ExclusiveWaitTest::next);
    assertThat(get(test.call("63", "next"))).isEqualTo("64 deep");
    assertThat(failure(test.call("64", "next")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("65 objects deep, limit 64");
  }

  /** Each object calls the one whose number is one less. */
  private static String next(Scripted self) throws Exception {
    int number = Integer.parseInt(self.name());
    return number == 0 ? "64 deep" : self.other(String.valueOf(number - 1)).run("next");
  }
}
