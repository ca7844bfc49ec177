// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.StorageException;
import dev.holdfast.store.Commit;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What leaves an object waits for what was written before, and for nothing else. */
class OutputGateTest extends EngineSuite {

  private static String note(CountDownLatch latch) {
    latch.countDown();
    return "";
  }

  @Test
  @Conformance("C-OG-05")
  void answer_afterAWrite_waitsUntilItIsDurable() {
    test.script("put", self -> String.valueOf(self.add("n", 1)));
    test.store().gate().hold();
    CompletableFuture<String> answer = test.call("a", "put");
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(answer).isNotDone();
    test.store().gate().release();
    assertThat(get(answer)).isEqualTo("1");
  }

  @Test
  void exception_afterAWrite_waitsUntilItIsDurable_andTheWriteStays() {
    test.script(
        "put and fail",
        self -> {
          self.add("n", 1);
          throw new IllegalStateException("on purpose");
        });
    test.script("read", self -> String.valueOf(self.count("n")));
    test.store().gate().hold();
    CompletableFuture<String> answer = test.call("a", "put and fail");
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(answer).isNotDone();
    test.store().gate().release();
    assertThat(failure(answer)).hasMessageContaining("on purpose");
    assertThat(get(test.call("a", "read"))).isEqualTo("1");
  }

  @Test
  void answer_fromAFieldAlone_waitsForTheWritesBefore() {
    test.script(
        "put",
        self -> {
          self.memory = self.add("n", 1);
          return "";
        });
    test.script("field", self -> String.valueOf(self.memory));
    test.store().gate().hold();
    var _ = test.call("a", "put");
    test.awaitSubmitted(1);
    CompletableFuture<String> field = test.call("a", "field");
    test.awaitRun("a");
    assertThat(field).isNotDone();
    test.store().gate().release();
    assertThat(get(field)).isEqualTo("1");
  }

  @Test
  void answer_doesNotWaitForLaterWrites() {
    test.script("put", self -> String.valueOf(self.add("n", 1)));
    test.store().gate().hold();
    CompletableFuture<String> first = test.call("a", "put");
    test.awaitSubmitted(1);
    CompletableFuture<String> second = test.call("a", "put");
    test.awaitSubmitted(2);
    test.store().gate().releaseOne();
    assertThat(get(first)).isEqualTo("1");
    test.awaitRun("a");
    assertThat(second).isNotDone();
    test.store().gate().releaseOne();
    assertThat(get(second)).isEqualTo("2");
  }

  @Test
  void answers_leaveInTheOrderInWhichTheyWereGiven() {
    test.script("put", self -> String.valueOf(self.add("n", 1)));
    test.script("caller", self -> String.valueOf(self.memory++));
    List<CompletableFuture<String>> answers = new ArrayList<>();
    test.script(
        "ask both",
        self -> {
          CompletableFuture<String> put = self.other("a").later("put");
          CompletableFuture<String> read = self.other("a").later("caller");
          var _ = put.thenAccept(value -> test.trace.add("put"));
          read.thenAccept(value -> test.trace.add("read")).join();
          return "";
        });
    test.store().gate().hold();
    answers.add(test.call("b", "ask both"));
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(test.trace).isEmpty();
    test.store().gate().release();
    answers.forEach(TestEngine::get);
    assertThat(test.trace).containsExactly("put", "read");
  }

  @Test
  void callToAnotherObject_isMadeOnlyAfterTheCallersCommit() {
    test.script(
        "put and call",
        self -> {
          self.add("n", 1);
          return self.other("b").run("called");
        });
    test.script("called", self -> String.valueOf(test.trace.add("called")));
    test.store().gate().hold();
    CompletableFuture<String> answer = test.call("a", "put and call");
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(test.trace).isEmpty();
    assertThat(test.activations("b")).isZero();
    test.store().gate().release();
    assertThat(get(answer)).isEqualTo("true");
  }

  @Test
  void callMadeWithoutWaiting_isMadeOnlyAfterTheCallersCommit() {
    CountDownLatch called = test.latch();
    test.script(
        "put and call",
        self -> {
          var _ = self.other("b").later("called");
          self.add("n", 1);
          return "";
        });
    test.script("called", self -> note(called));
    test.store().gate().hold();
    CompletableFuture<String> answer = test.call("a", "put and call");
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(test.activations("b")).isZero();
    test.store().gate().release();
    pass(called);
    get(answer);
  }

  @Test
  void callToAnotherObject_afterAFailedCommit_isNeverMade() {
    test.script(
        "put and call",
        self -> {
          self.add("n", 1);
          return self.other("b").run("called");
        });
    test.script("called", self -> String.valueOf(test.trace.add("called")));
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    assertThat(failure(test.call("a", "put and call"))).isInstanceOf(StorageException.class);
    test.awaitRun("b");
    assertThat(test.trace).isEmpty();
  }

  @Test
  @Conformance("C-OG-03")
  void failedCommit_dropsWhatWaitsForIt_andLetsPassWhatStoodBefore() {
    test.script("put", self -> String.valueOf(self.add("n", 1)));
    test.script("read", self -> String.valueOf(self.memory));
    test.store().gate().hold();
    CompletableFuture<String> first = test.call("a", "put");
    test.awaitSubmitted(1);
    CompletableFuture<String> readOfFirst = test.call("a", "read");
    test.awaitRun("a");
    CompletableFuture<String> second = test.call("a", "put");
    test.awaitSubmitted(2);
    CompletableFuture<String> third = test.call("a", "put");
    test.awaitSubmitted(3);
    test.awaitRun("a");
    test.store().gate().releaseOne();
    assertThat(get(first)).isEqualTo("1");
    assertThat(get(readOfFirst)).isEqualTo("0");
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    test.store().gate().releaseOne();
    assertThat(failure(second)).isInstanceOf(StorageException.class);
    test.store().gate().release();
    assertThat(test.getAsTimePasses(third)).as("refused untried, so tried again").isEqualTo("2");
  }

  @Test
  void afterAPendingCommit_theNextTurnReadsItsWrites() {
    test.script("put", self -> String.valueOf(self.add("n", 1)));
    test.store().gate().hold();
    CompletableFuture<String> first = test.call("a", "put");
    test.awaitSubmitted(1);
    CompletableFuture<String> second = test.call("a", "put");
    test.awaitSubmitted(2);
    test.store().gate().release();
    assertThat(get(first)).isEqualTo("1");
    assertThat(get(second)).isEqualTo("2");
  }

  @Test
  @Conformance("C-OG-12")
  void transaction_holdsBackFromItsCommitOn() {
    CountDownLatch inside = test.latch();
    CountDownLatch goOn = test.latch();
    test.script(
        "transaction",
        self ->
            self.store()
                .transaction(
                    () -> {
                      self.add("n", 1);
                      inside.countDown();
                      pass(goOn);
                      return "done";
                    }));
    test.store().gate().hold();
    CompletableFuture<String> answer = test.call("a", "transaction");
    pass(inside);
    assertThat(test.store().gate().submitted()).as("submitted while it is open").isZero();
    goOn.countDown();
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(answer).isNotDone();
    test.store().gate().release();
    assertThat(get(answer)).isEqualTo("done");
  }

  @Test
  @Conformance({"C-OG-14", "C-OG-15"})
  void nestedTransactions_areOneCommit_forWhichTheAnswerWaits() {
    test.script(
        "nested",
        self -> {
          self.store()
              .transaction(
                  () -> self.store().transaction(() -> self.store().transaction(() -> put(self))));
          return "done";
        });
    test.store().gate().hold();
    CompletableFuture<String> answer = test.call("a", "nested");
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(answer).isNotDone();
    test.store().gate().release();
    assertThat(get(answer)).isEqualTo("done");
    assertThat(test.store().gate().committed()).hasSize(1);
  }

  private static void put(Scripted self) {
    self.add("n", 1);
  }

  @Test
  void transactionRolledBack_writesNothing_andHoldsNothingBack() {
    test.script(
        "roll back",
        self -> {
          self.store()
              .transaction(
                  () -> {
                    self.add("n", 1);
                    self.store().rollback();
                  });
          return "done";
        });
    test.store().gate().hold();
    assertThat(get(test.call("a", "roll back"))).isEqualTo("done");
    assertThat(test.store().gate().submitted()).isZero();
  }

  @Test
  @Conformance("C-OG-17")
  void transactionWhoseCommitFails_breaksTheActivation() {
    test.script(
        "transaction", self -> self.store().transaction(() -> String.valueOf(self.add("n", 1))));
    test.script("read", self -> self.activation() + ":" + self.count("n"));
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    assertThat(failure(test.call("a", "transaction"))).isInstanceOf(StorageException.class);
    assertThat(get(test.call("a", "read"))).isEqualTo("2:0");
  }

  @Test
  void oneTurn_isOneCommit_oneOfEachTurn() {
    test.script(
        "three turns",
        self -> {
          self.add("a", 1);
          self.add("b", 1);
          self.other("b").run("nothing");
          self.add("c", 1);
          self.store().sync();
          self.add("d", 1);
          return "";
        });
    test.script("nothing", self -> "");
    get(test.call("a", "three turns"));
    assertThat(
            test.store().gate().committed().stream()
                .map(group -> group.commits().getFirst())
                .map(Commit::changes)
                .map(List::size))
        .containsExactly(2, 1, 1);
  }
}
