// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectResetException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What becomes of calls made without waiting, and of what follows them, after a reset. */
class AsyncCallResetTest extends AsyncCallSuite {
  @Test
  void threadThatWaitsForACallOfAnObject_isToldThatItWasReset() {
    List<CompletableFuture<String>> waiting = new CopyOnWriteArrayList<>();
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> answer = self.other("b").later("slow");
          waiting.add(test.worker(answer::join));
          waiting.add(test.worker(answer.thenApply(value -> value + "!")::join));
          waiting.add(test.worker(answer.thenApplyAsync(value -> value + "!")::join));
          waiting.add(test.worker(() -> getOutside(answer)));
          waiting.add(test.worker(() -> CompletableFuture.anyOf(answer).join().toString()));
          return "";
        });
    test.script("abort", AsyncCallResetTest::abort);
    get(test.call("a", "ask"));
    test.awaitRun("a");
    assertThat(TestEngine.failure(test.call("a", "abort"))).hasMessageContaining("on purpose");
    assertThat(waiting)
        .allSatisfy(
            thread ->
                assertThat(TestEngine.failure(thread))
                    .isInstanceOf(ObjectResetException.class)
                    .hasMessageContaining("Scripted/a")
                    .hasMessageContaining("on purpose"));
  }

  private static String getOutside(CompletableFuture<String> answer) throws Exception {
    try {
      return answer.get(1, TimeUnit.HOURS);
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }

  @Test
  void threadThatWaitsForWhatFollowsACall_isToldIfThatNeverRan() {
    CountDownLatch holding = test.latch();
    CountDownLatch abort = test.latch();
    AtomicReference<CompletableFuture<String>> waiting = new AtomicReference<>();
    CompletableFuture<String> foreign = new CompletableFuture<>();
    test.script(
        "hold and abort",
        self -> {
          CompletableFuture<String> answer = self.other("b").later("name");
          CompletableFuture<String> both = answer.thenCombine(foreign, String::concat);
          waiting.set(test.worker(both::join));
          answer.join();
          holding.countDown();
          pass(abort);
          return abort(self);
        });
    CompletableFuture<String> aborting = test.object("a").later("hold and abort");
    pass(holding);
    foreign.complete("ready");
    abort.countDown();
    TestEngine.failure(aborting);
    assertThat(TestEngine.failure(waiting.get()))
        .isInstanceOf(ObjectResetException.class)
        .hasMessageContaining("on purpose");
  }

  @Test
  void whatFollowsACall_endsWithItsActivation_andDoesNotHarmTheNext() {
    CountDownLatch called = test.latch();
    test.script(
        "ask",
        self -> {
          var _ = self.other("b").later("called").thenAccept(value -> test.trace.add("follows"));
          return "";
        });
    test.script(
        "called",
        self -> {
          called.countDown();
          return "";
        });
    CountDownLatch holding = test.latch();
    test.script(
        "hold and abort",
        self -> {
          holding.countDown();
          pass(goOn);
          self.context().abort("on purpose");
          return "";
        });
    test.store().gate().hold();
    test.script("add", self -> String.valueOf(self.add("n", 1)));
    CompletableFuture<String> add = test.call("a", "add");
    test.awaitSubmitted(1);
    var _ = test.call("a", "ask");
    test.awaitRun("a");
    CompletableFuture<String> abort = test.object("a").later("hold and abort");
    pass(holding);
    test.store().gate().release();
    get(add);
    pass(called);
    test.awaitRun("b");
    CompletableFuture<String> next = test.call("a", "activation");
    goOn.countDown();
    assertThat(TestEngine.failure(abort)).hasMessageContaining("on purpose");
    assertThat(get(next)).isEqualTo("2");
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
    assertThat(test.trace).isEmpty();
  }

  @Test
  void whatFollowsACall_doesNotBegin_onceAnotherHasReset() {
    test.script(
        "ask",
        self -> {
          CompletableFuture<String> answer = self.other("b").later("slow");
          for (int i = 0; i < 3; i++) {
            var _ =
                answer.thenAccept(
                    value -> {
                      test.trace.add("ran");
                      self.context().abort("on purpose");
                    });
          }
          goOn.countDown();
          return "";
        });
    get(test.call("a", "ask"));
    TestEngine.until("reset", () -> get(test.call("a", "activation")).equals("2"));
    test.awaitRun("b");
    assertThat(test.trace).containsExactly("ran");
  }

  @Test
  void objectThatWaitsForACallOfAnother_isToldThatThatWasReset() {
    AtomicReference<CompletableFuture<String>> shared = new AtomicReference<>();
    test.script(
        "share",
        self -> {
          shared.set(self.other("b").later("slow"));
          return "";
        });
    CountDownLatch waiting = test.latch();
    test.script(
        "wait",
        self -> {
          waiting.countDown();
          return self.context().await(shared.get());
        });
    test.script("abort", AsyncCallResetTest::abort);
    get(test.call("a", "share"));
    CompletableFuture<String> waits = test.call("c", "wait");
    pass(waiting);
    assertThat(TestEngine.failure(test.call("a", "abort"))).hasMessageContaining("on purpose");
    assertThat(TestEngine.failure(waits)).hasMessageContaining("on purpose");
    assertThat(TestEngine.failure(test.call("d", "wait"))).hasMessageContaining("on purpose");
  }

  private static String abort(Scripted self) {
    self.context().abort("on purpose");
    return "";
  }
}
