// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** While a section is open only what it caused comes in, one at a time; a failed one ends all. */
class CriticalSectionTest extends EngineSuite {
  private final CompletableFuture<String> event = new CompletableFuture<>();

  @BeforeEach
  void scripts() {
    test.script("counts", self -> self.count("before") + " " + self.count("inside"));
    test.script("activation", self -> String.valueOf(self.activation()));
    test.script("mark", self -> String.valueOf(test.trace.add("mark")));
  }

  @Test
  void callsThatComeBackAtOnce_enterOneAtATime() {
    AtomicInteger inside = new AtomicInteger();
    test.script(
        "section",
        self ->
            self.section(
                s -> {
                  List<CompletableFuture<String>> answers = new ArrayList<>();
                  for (int i = 0; i < 10; i++) {
                    answers.add(s.other("b" + i).later("back"));
                  }
                  answers.forEach(CompletableFuture::join);
                  return String.valueOf(s.memory);
                }));
    test.script("back", self -> self.other("a").run("came back"));
    test.script(
        "came back",
        self -> {
          assertThat(inside.incrementAndGet()).isEqualTo(1);
          long seen = self.memory;
          for (int i = 0; i < 50; i++) {
            self.add("n", 1);
          }
          self.memory = seen + 1;
          inside.decrementAndGet();
          return "";
        });
    assertThat(get(test.call("a", "section"))).isEqualTo("10");
  }

  @Test
  void callThatComesBack_mayWait_andStillNobodyElseEnters() {
    CountDownLatch waits = test.latch();
    test.script("section", self -> self.section(s -> s.other("b").run("back")));
    test.script("back", self -> self.other("a").run("came back"));
    test.script(
        "came back",
        self -> {
          waits.countDown();
          self.context().await(event);
          test.trace.add("came back");
          return "";
        });
    CompletableFuture<String> section = test.call("a", "section");
    pass(waits);
    CompletableFuture<String> mark = test.object("a").later("mark");
    event.complete("");
    get(section);
    get(mark);
    assertThat(test.trace).containsExactly("came back", "mark");
  }

  @Test
  void failedSection_breaksTheActivation_andDropsTheTurn() {
    test.script(
        "fail",
        self -> {
          self.add("before", 1);
          return self.section(
              s -> {
                s.add("inside", 1);
                throw new IllegalStateException("on purpose");
              });
        });
    get(test.call("a", "activation"));
    assertThat(failure(test.call("a", "fail")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("on purpose");
    assertThat(get(test.call("a", "counts"))).isEqualTo("0 0");
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
  }

  @Test
  void failedSection_keepsWhatWasCommittedBeforeItWaited() {
    event.complete("");
    test.script(
        "fail",
        self -> {
          self.add("before", 1);
          return self.section(
              s -> {
                s.context().await(event);
                s.add("inside", 1);
                throw new IllegalStateException("on purpose");
              });
        });
    failure(test.call("a", "fail"));
    assertThat(get(test.call("a", "counts"))).isEqualTo("1 0");
  }

  @Test
  void failedSection_thatIsCaught_endsTheActivationAllTheSame() {
    test.script(
        "catch",
        self -> {
          try {
            self.section(
                s -> {
                  throw new IllegalStateException("on purpose");
                });
          } catch (IllegalStateException e) {
            self.add("before", 1);
          }
          return "went on";
        });
    failure(test.call("a", "catch"));
    assertThat(get(test.call("a", "counts"))).isEqualTo("0 0");
  }

  @Test
  void exceptionOfAnExclusiveMethod_keepsItsWrites_andTheObjectLives() {
    test.script(
        "fail",
        self -> {
          self.add("before", 1);
          throw new IllegalStateException("on purpose");
        });
    failure(test.worker(() -> test.object("a").alone("fail")));
    assertThat(get(test.call("a", "counts"))).isEqualTo("1 0");
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
  }

  @Test
  void exclusiveMethod_keepsOthersOut_whileItWaits() {
    keepsOthersOut(test.object("a"));
  }

  @Test
  void exclusiveClass_keepsOthersOut_whileAnyMethodWaits() {
    keepsOthersOut(test.objects(TestEngine.LONER).getByName("a"));
  }

  private void keepsOthersOut(ScriptedCalls a) {
    CountDownLatch waits = test.latch();
    test.script(
        "wait",
        self -> {
          waits.countDown();
          self.context().await(event);
          test.trace.add("waited");
          return "";
        });
    CompletableFuture<String> waiting = test.worker(() -> a.alone("wait"));
    pass(waits);
    CompletableFuture<String> mark = a.later("mark");
    event.complete("");
    get(waiting);
    get(mark);
    assertThat(test.trace).containsExactly("waited", "mark");
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64})
  @Conformance("C-LC-22")
  void sections_nestSixtyFourDeep(int depth) {
    test.script("nest", self -> nest(self, depth));
    assertThat(get(test.call("a", "nest"))).isEqualTo("innermost");
  }

  @Test
  @Conformance("C-LC-22")
  void sectionThatIsNestedTooDeep_throws_andTheObjectLivesIfThatIsCaught() {
    test.script(
        "nest",
        self -> {
          test.trace.clear();
          return nest(self, 65);
        });
    assertThat(get(test.call("a", "nest"))).contains("nested 64 deep, the limit");
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
  }

  private static String nest(Scripted self, int depth) throws Exception {
    if (depth == 0) {
      return "innermost";
    }
    if (self.memory == 64) {
      try {
        return self.section(s -> "too deep");
      } catch (IllegalStateException e) {
        return String.valueOf(e.getMessage());
      }
    }
    self.memory++;
    try {
      return self.section(s -> nest(s, depth - 1));
    } finally {
      self.memory--;
    }
  }

  @Test
  void synchronizedMethod_thatCallsOut_isTold() {
    test.script("call out", self -> self.other("b").run("activation"));
    assertThat(failure(test.worker(() -> test.object("a").locked("call out"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a call to Scripted.run from a synchronized method of")
        .hasMessageContaining("remove synchronized");
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
  }
}
