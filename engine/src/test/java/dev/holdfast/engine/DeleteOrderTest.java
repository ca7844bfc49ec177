// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectNamespace;
import dev.holdfast.ObjectResetException;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Deleting objects: in order with calls, and with a store that fails. */
class DeleteOrderTest extends DeleteSuite {
  // ---------------------------------------------------------------- order

  @Test
  void callsBeforeIt_areAnswered_andThoseBehindItFindAnEmptyObject() {
    get(test.call("a", "add"));
    Inside before = inside("a");
    List<CompletableFuture<String>> alsoBefore = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      alsoBefore.add(test.object("a").later("add").toCompletableFuture());
    }
    ScriptedCalls stub = test.object("a");
    CompletableFuture<Boolean> deletion = deletionThatWaits("a");
    List<CompletableFuture<String>> behind = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      behind.add(stub.later("add").toCompletableFuture());
    }
    before.go().countDown();

    assertThat(get(before.answer())).isEqualTo("2");
    assertThat(alsoBefore.stream().map(TestEngine::get)).containsExactly("3", "4", "5");
    assertThat(get(deletion)).isTrue();
    assertThat(behind.stream().map(TestEngine::get)).containsExactly("1", "2", "3");
  }

  @Test
  void itWaitsForCommitsOnTheirWay_andAnswersStandBeforeIt() {
    test.store().gate().hold();
    CompletableFuture<String> call = test.call("a", "add");
    test.awaitSubmitted(1);
    CompletableFuture<Boolean> deletion = delete("a");
    test.store().gate().releaseOne();

    assertThat(get(call)).isEqualTo("1");
    test.awaitSubmitted(2);
    assertThat(deletion).isNotDone();
    test.store().gate().release();
    assertThat(get(deletion)).isTrue();
  }

  @Test
  void eventsThatWaitForSomethingElse_areReset() {
    CompletableFuture<String> never = new CompletableFuture<>();
    CountDownLatch waits = test.latch();
    test.script(
        "wait",
        self -> {
          self.add("n", 1);
          waits.countDown();
          return self.context().await(never);
        });
    CompletableFuture<String> waiting = test.call("a", "wait");
    pass(waits);
    assertThat(get(test.call("a", "get"))).isEqualTo("{n=1}");

    assertThat(get(delete("a"))).isTrue();
    assertThat(failure(waiting))
        .isInstanceOfSatisfying(
            ObjectResetException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN))
        .hasMessageContaining("the object was deleted");
    never.complete("late");
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
  }

  @Test
  void manyCallsAndDeletionsAtOnce_leaveNoMixture() {
    int rounds = 200;
    AtomicInteger deletions = new AtomicInteger();
    CompletableFuture<String> deleting =
        test.worker(
            () -> {
              for (int i = 0; i < rounds; i++) {
                if (objects().delete(id("a"))) {
                  deletions.incrementAndGet();
                }
              }
              return "";
            });
    test.script(
        "pair",
        self -> {
          long n = self.add("n", 1);
          long m = self.add("m", 1);
          return n == m ? String.valueOf(n) : "torn: " + n + " " + m;
        });
    List<CompletableFuture<String>> calling = new ArrayList<>();
    for (int caller = 0; caller < 3; caller++) {
      calling.add(
          test.worker(
              () -> {
                long last = 0;
                int lives = 0;
                for (int i = 0; i < rounds; i++) {
                  String answer = test.object("a").run("pair");
                  assertThat(answer).doesNotContain("torn");
                  long now = Long.parseLong(answer);
                  lives += now <= last ? 1 : 0;
                  last = now;
                }
                return String.valueOf(lives);
              }));
    }
    get(deleting);
    for (CompletableFuture<String> caller : calling) {
      assertThat(Integer.parseInt(get(caller))).isLessThanOrEqualTo(deletions.get());
    }
  }

  // ---------------------------------------------------------------- the store fails

  @Test
  void aDeletionThatTheStoreRefuses_isTriedAgain() {
    get(test.call("a", "add"));
    test.store().faults().failNextCommit(CommitFault.REFUSED);

    assertThat(test.getAsTimePasses(delete("a"))).isTrue();
    assertThat(isStored("a")).isFalse();
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
  }

  @Test
  void aDeletionOfWhichNobodyKnows_saysSo_andTheObjectIsWholeOrGone() {
    for (CommitFault fault :
        List.of(CommitFault.UNKNOWN_APPLIED, CommitFault.UNKNOWN_NOT_APPLIED)) {
      get(test.call("a", "add"));
      test.store().faults().failNextCommit(fault);

      assertThat(test.failureAsTimePasses(delete("a")))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
      assertThat(get(test.call("a", "get")))
          .isEqualTo(fault == CommitFault.UNKNOWN_APPLIED ? "{}" : "{n=1}");
    }
  }

  @Test
  void anObjectThatCannotBeOpened_isTriedAgain() {
    get(test.call("a", "add"));
    test.letSleep();
    test.store().faults().failNextOpen();

    assertThat(test.getAsTimePasses(delete("a"))).isTrue();
  }

  @Test
  void aCommitBeforeItThatFails_doesNotStopIt() {
    get(test.call("a", "add"));
    test.store().gate().hold();
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    CompletableFuture<String> call = test.call("a", "add");
    test.awaitSubmitted(2);
    CompletableFuture<Boolean> deletion = delete("a");
    test.store().gate().release();

    String answer = test.getAsTimePasses(call);
    assertThat(test.getAsTimePasses(deletion)).isTrue();
    assertThat(answer).isIn("2", "1");
  }

  @Test
  void anotherEngineThatOpensItMeanwhile_winsOrLosesAsAWhole() {
    get(test.call("a", "add"));
    test.store().gate().hold();
    CompletableFuture<Boolean> deletion = delete("a");
    test.awaitSubmitted(2);
    CompletableFuture<OpenedObject> other = test.worker(() -> test.store().open(ref("a"), "a"));
    test.store().gate().release();

    assertThat(get(deletion)).isTrue();
    assertThat(get(other).seq()).isZero();
  }

  @Test
  void aDeletionByANodeThatWasDeposed_isRefused() {
    get(test.call("a", "add"));
    try (TestEngine.Deposed deposed = test.takeOver()) {
      ObjectNamespace<ScriptedCalls> old =
          deposed.engine().objects(TestEngine.SCRIPTED, ScriptedCalls.class);
      CompletableFuture<Boolean> late = test.worker(() -> old.delete(id("a")));
      assertThat(test.failureAsTimePasses(late)).isInstanceOf(StorageException.class);
    }
    assertThat(get(test.call("a", "get"))).isEqualTo("{n=1}");
  }
}
