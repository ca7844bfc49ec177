// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Failures on order. */
class FaultsTest extends InMemoryStoreFixture {

  @Test
  void a_refused_commit_closes_its_opening_and_leaves_the_store_whole() {
    Writer a = open("a");
    Writer b = open("b");
    store.faults().failNextCommit(CommitFault.REFUSED);
    assertFailed(a.submit("k", "1"), Outcome.NOT_APPLIED);

    assertFailed(a.submit("k", "2"), Outcome.NOT_APPLIED);
    b.commit("k", "1");
    assertThat(open("a").seq).isZero();
  }

  @Test
  void an_unknown_commit_is_there_afterwards_or_not_as_ordered() {
    store.faults().failNextCommit(CommitFault.UNKNOWN_APPLIED);
    assertFailed(open("a").submit("k", "1"), Outcome.UNKNOWN);
    assertThat(open("a").seq).isEqualTo(1);
    assertThat(get("a", "k")).isEqualTo("1");

    store.faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    assertFailed(open("b").submit("k", "1"), Outcome.UNKNOWN);
    assertThat(open("b").seq).isZero();
    assertThat(get("b", "k")).isNull();
  }

  @Test
  void what_waits_behind_an_unknown_commit_is_not_applied() {
    Writer a = open("a");
    Writer b = open("b");
    store.gate().hold();
    CompletableFuture<StorageException> sure = a.submit("k", "1");
    CompletableFuture<StorageException> unknown = a.submit("k", "2");
    CompletableFuture<StorageException> behind = a.submit("k", "3");
    CompletableFuture<StorageException> other = b.submit("k", "1");
    b.release();
    store.gate().releaseOne();
    assertDurable(sure);
    store.faults().failNextCommit(CommitFault.UNKNOWN_APPLIED);
    store.gate().releaseOne();

    assertFailed(unknown, Outcome.UNKNOWN);
    assertFailed(behind, Outcome.NOT_APPLIED);
    assertFailed(other, Outcome.NOT_APPLIED);
    assertThat(open("a").seq).isEqualTo(2);
    assertThat(open("b").seq).isZero();
  }

  @Test
  void failures_come_in_the_order_in_which_they_were_ordered() {
    store.faults().failNextCommit(CommitFault.REFUSED);
    store.faults().failNextCommit(CommitFault.UNKNOWN_APPLIED);

    assertFailed(open("a").submit("k", "1"), Outcome.NOT_APPLIED);
    assertFailed(open("a").submit("k", "1"), Outcome.UNKNOWN);
    open("a").commit("k", "2");
  }

  @Test
  void a_failed_opening_can_be_repeated() {
    Writer before = open("a");
    store.faults().failNextOpen();
    assertRetryable(() -> open("a"));

    assertFailed(before.submit("k", "old"), Outcome.NOT_APPLIED);
    open("a").commit("k", "1");
  }

  @Test
  void a_failed_read_can_be_repeated() {
    open("a").commit("k", "1");
    store.faults().failNextRead();
    assertRetryable(() -> get("a", "k"));
    assertThat(get("a", "k")).isEqualTo("1");
    store.faults().failNextRead();
    assertRetryable(() -> scan("a"));
    assertThat(scan("a").entries()).hasSize(1);
  }

  private static void assertRetryable(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.retryable()).isTrue();
              assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            });
  }

  @Test
  void a_store_that_broke_after_it_was_deposed_does_not_come_back() {
    store.faults().failNextCommit(CommitFault.UNKNOWN_APPLIED);
    assertFailed(open("a").submit("k", "1"), Outcome.UNKNOWN);
    InMemoryStore deposed = store;
    store = newStore();

    assertThatThrownBy(() -> deposed.open(ref("a"), "a"))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("epoch");
    assertThatThrownBy(() -> deposed.nextAlarm()).isInstanceOf(StorageException.class);
    open("a").commit("k", "2");
    deposed.close();
  }
}
