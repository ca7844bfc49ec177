// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static dev.holdfast.engine.TestEngine.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.KeyRange;
import dev.holdfast.LimitExceededException;
import dev.holdfast.ObjectResetException;
import dev.holdfast.Outcome;
import dev.holdfast.Storage;
import dev.holdfast.engine.Conformance;
import dev.holdfast.engine.EngineSuite;
import dev.holdfast.engine.Scripted;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Storage within the turns of a real activation. */
final class StorageTurnsTest extends EngineSuite {

  /** What the commits that reached the store wrote, one text each. */
  private List<String> commits() {
    return test.store().gate().committed().stream()
        .map(CommitGroup::commits)
        .flatMap(List::stream)
        .map(StorageTurnsTest::describe)
        .toList();
  }

  private static String describe(Commit commit) {
    return commit.seq()
        + (commit.clear() ? " clear" : "")
        + commit.changes().stream()
            .map(change -> " " + (change.value() == null ? "-" : "+") + change.key())
            .collect(Collectors.joining());
  }

  private String run(String script) {
    return get(test.call("a", script));
  }

  private static void wait(Scripted self) {
    self.context().await(CompletableFuture.completedFuture("done"));
  }

  /** An object of which only a part is in memory. */
  private void large() {
    test.script(
        "fill",
        self -> {
          for (int i = 0; i < 300; i++) {
            self.store().put("key %03d".formatted(i), (long) i);
          }
          return "filled";
        });
    run("fill");
    test.restart();
  }

  @Test
  @Conformance("C-KV-16")
  void a_turn_makes_one_commit_with_one_change_for_each_key_in_key_order() {
    test.script(
        "write",
        self -> {
          self.store().put("b", 1L);
          self.store().put("a", 1L);
          self.store().put("b", 2L);
          self.store().transaction(() -> self.store().put("c", 1L));
          self.store().putAll(Map.of("d", 1L, "a", 5L));
          return "deleted " + self.store().delete("d") + " " + self.store().delete("d");
        });

    assertThat(run("write")).isEqualTo("deleted true false");
    assertThat(commits()).containsExactly("1 +a +b +c -d");
  }

  @Test
  void a_turn_that_only_reads_or_removes_what_is_not_there_makes_no_commit() {
    test.script(
        "read",
        self -> {
          self.store().get("a", Long.class);
          self.store().delete("a");
          self.store().delete(List.of("a", "b"));
          self.store().list(Long.class, KeyRange.all());
          self.store().deleteAll();
          self.store().putAll(Map.of());
          self.store().transaction(() -> {});
          self.store().sync();
          return "read";
        });
    run("read");

    assertThat(test.store().gate().submitted()).isZero();
  }

  @Test
  void a_wait_and_a_sync_end_a_commit() {
    test.script(
        "write",
        self -> {
          self.store().put("a", 1L);
          wait(self);
          self.store().put("b", 1L);
          self.store().sync();
          long durable = test.store().gate().applied();
          self.store().deleteAll();
          self.store().put("c", 1L);
          return "durable " + durable;
        });

    assertThat(run("write")).isEqualTo("durable 2");
    assertThat(commits()).containsExactly("1 +a", "2 +b", "3 clear +c");
  }

  @Test
  void a_scan_ends_when_its_object_waits_and_with_its_event() {
    AtomicReference<Iterator<Map.Entry<String, Long>>> kept = new AtomicReference<>();
    test.script(
        "scan",
        self -> {
          self.store().putAll(Map.of("a", 1L, "b", 2L, "c", 3L));
          Iterator<Map.Entry<String, Long>> scan =
              self.store().scan(Long.class, KeyRange.all()).iterator();
          scan.next();
          wait(self);
          assertThatIllegalStateException()
              .isThrownBy(scan::next)
              .withMessageStartingWith("this scan ended with its turn");
          kept.set(self.store().scan(Long.class, KeyRange.all()).iterator());
          return kept.get().next().getKey();
        });
    test.script(
        "goOn",
        self -> {
          assertThatIllegalStateException().isThrownBy(kept.get()::next);
          return "ended";
        });

    assertThat(run("scan")).isEqualTo("a");
    assertThat(run("goOn")).isEqualTo("ended");
    assertThatIllegalStateException().isThrownBy(kept.get()::next);
  }

  @Test
  void storage_is_closed_to_threads_that_do_not_run_the_object() {
    AtomicReference<Storage> kept = new AtomicReference<>();
    test.script(
        "keep",
        self -> {
          kept.set(self.store());
          CompletableFuture<String> helper =
              test.worker(
                  () -> {
                    self.store().put("a", 1L);
                    return "put";
                  });
          return String.valueOf(failure(helper).getMessage());
        });
    String message =
        "Scripted/a is used by a thread that does not run its code; use it within an event of the object";
    assertThat(run("keep")).isEqualTo(message);
    assertThatIllegalStateException()
        .isThrownBy(() -> kept.get().get("a", Long.class))
        .withMessage(message);
    assertThatIllegalStateException().isThrownBy(() -> kept.get().transaction(() -> {}));
    assertThatIllegalStateException().isThrownBy(() -> kept.get().sync());
    assertThatIllegalStateException()
        .isThrownBy(() -> kept.get().scan(Long.class, KeyRange.all()).toList());
    test.script(
        "other",
        self -> {
          assertThatIllegalStateException()
              .isThrownBy(() -> kept.get().deleteAll())
              .withMessage(message);
          return "refused";
        });
    assertThat(get(test.call("b", "other"))).isEqualTo("refused");
    assertThat(test.store().gate().submitted()).isZero();
  }

  @Test
  @Conformance("C-KV-22")
  void storage_of_an_activation_that_is_over_throws_and_what_was_written_before_is_there() {
    AtomicReference<Storage> kept = new AtomicReference<>();
    test.script(
        "keep",
        self -> {
          kept.set(self.store());
          return "" + self.add("n", 1);
        });
    run("keep");
    Storage before = kept.get();
    test.restart();

    assertThatThrownBy(() -> before.put("n", 5L))
        .isInstanceOf(Error.class)
        .hasMessageStartingWith("Scripted/a: this activation is over (it went to sleep)");
    assertThatThrownBy(() -> before.delete("n")).isInstanceOf(Error.class);
    assertThat(run("keep")).isEqualTo("2");
  }

  @Test
  void fields_can_be_restored_when_a_transaction_rolls_back() {
    test.script(
        "try",
        self -> {
          long old = self.memory;
          try {
            self.store()
                .transaction(
                    () -> {
                      self.store().onRollback(() -> self.memory = old);
                      self.memory = 5;
                      self.store().put("memory", self.memory);
                      throw new IllegalStateException("no");
                    });
          } catch (IllegalStateException e) {
            return self.memory + " " + self.count("memory");
          }
          return "not rolled back";
        });

    assertThat(run("try")).isEqualTo("0 0");
  }

  @Test
  void waiting_within_a_transaction_is_refused_and_the_transaction_goes_on() {
    test.script(
        "wait",
        self -> {
          self.store()
              .transaction(
                  () -> {
                    self.store().put("a", 1L);
                    assertThatIllegalStateException()
                        .isThrownBy(() -> wait(self))
                        .withMessageContaining(
                            "inside a transaction would let others in; do it before or after");
                    assertThatIllegalStateException()
                        .isThrownBy(() -> self.context().sleep(Duration.ofSeconds(1)));
                    assertThatIllegalStateException().isThrownBy(() -> self.other("b").run("none"));
                    self.store().put("b", 1L);
                  });
          return "done";
        });
    run("wait");

    assertThat(commits()).containsExactly("1 +a +b");
  }

  @Test
  void a_limit_that_is_passed_can_be_caught_and_the_object_lives() {
    test.script(
        "large",
        self -> {
          self.store().put("a", 1L);
          try {
            self.store().put("b", new byte[3 << 20]);
          } catch (LimitExceededException e) {
            assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            assertThat(e.retryable()).isFalse();
          }
          return "activation " + self.activation();
        });

    assertThat(run("large")).isEqualTo("activation 1");
    assertThat(run("large")).isEqualTo("activation 1");
    assertThat(commits()).containsExactly("1 +a", "2 +a");
  }

  @Test
  void an_event_of_which_everything_was_rolled_back_is_not_applied_when_it_is_reset() {
    CountDownLatch waiting = test.latch();
    CompletableFuture<String> never = new CompletableFuture<>();
    test.script(
        "roll back",
        self -> {
          self.store()
              .transaction(
                  () -> {
                    self.store().put("a", 1L);
                    self.store().rollback();
                  });
          waiting.countDown();
          return self.context().await(never);
        });
    test.script(
        "abort",
        self -> {
          self.context().abort("for a test");
          return "never";
        });
    CompletableFuture<String> call = test.call("a", "roll back");
    pass(waiting);
    failure(test.call("a", "abort"));

    assertThat(failure(call))
        .isInstanceOfSatisfying(
            ObjectResetException.class,
            reset -> assertThat(reset.outcome()).isEqualTo(Outcome.NOT_APPLIED));
  }

  /** Time passes until the pause before the next attempt is over. */
  private String retried(CompletableFuture<String> call) {
    until(
        "the call is tried again",
        () -> {
          test.clock.advance(Duration.ofMillis(20));
          return call.isDone();
        });
    return get(call);
  }

  @Test
  @Conformance("C-KV-18")
  void a_refused_commit_is_made_again_by_the_next_activation_and_its_answer_given_once() {
    large();
    test.script(
        "delete",
        self ->
            self.store().delete(List.of("key 001", "key 002", "none"))
                + " "
                + self.add("times", 1)
                + " in activation "
                + self.activation());
    test.store().faults().failNextCommit(CommitFault.REFUSED);

    assertThat(retried(test.call("a", "delete"))).isEqualTo("2 1 in activation 3");
    assertThat(commits()).containsExactly("2 -key 001 -key 002 +times");
  }

  @Test
  @Conformance({"C-KV-15", "C-KV-19"})
  void a_failed_read_resets_the_object_and_the_call_is_made_again() {
    large();
    test.script(
        "delete",
        self -> {
          self.store().put("new", 1L);
          try {
            return "deleted " + self.store().delete(List.of("key 001", "key 299", "key 300"));
          } catch (RuntimeException e) {
            return "object code must not go on after a failed read";
          }
        });
    // The first one is that of its opening.
    test.store().faults().failReadAfter(1);

    assertThat(retried(test.call("a", "delete"))).isEqualTo("deleted 2");
    assertThat(test.activations("a")).isEqualTo(3);
    assertThat(commits()).containsExactly("2 -key 001 -key 299 +new");
  }

  @Test
  void a_failed_read_of_a_list_resets_the_object_too() {
    large();
    test.script("list", self -> "" + self.store().list(Long.class, KeyRange.all()).size());
    test.store().faults().failNextRead();

    assertThat(retried(test.call("a", "list"))).isEqualTo("300");
  }

  @Test
  void a_failed_read_in_a_constructor_is_tried_again_too() {
    large();
    test.onConstruction(self -> self.memory = self.count("key 007"));
    test.script("memory", self -> "" + self.memory);
    test.store().faults().failNextRead();

    assertThat(retried(test.call("a", "memory"))).isEqualTo("7");
  }
}
