// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.CommitGroup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What waits for what when the disk stands still. */
class CommitGateTest extends InMemoryStoreFixture {

  @Test
  void held_groups_wait_until_they_are_released() {
    Writer a = open("a");
    store.gate().hold();
    CompletableFuture<StorageException> first = a.submit("k", "1");
    CompletableFuture<StorageException> second = a.submit("k", "2");

    assertThat(store.gate().submitted()).isEqualTo(2);
    assertThat(store.gate().applied()).isZero();
    assertThat(get("a", "k")).isNull();
    assertThat(first).isNotDone();
    store.gate().release();
    assertDurable(first);
    assertDurable(second);
    assertThat(store.gate().applied()).isEqualTo(2);
    assertThat(get("a", "k")).isEqualTo("2");
  }

  @Test
  void one_group_at_a_time_can_be_let_through() {
    Writer a = open("a");
    store.gate().hold();
    CompletableFuture<StorageException> first = a.submit("k", "1");
    CompletableFuture<StorageException> second = a.submit("k", "2");
    store.gate().releaseOne();
    assertDurable(first);
    assertThat(second).isNotDone();
    assertThat(get("a", "k")).isEqualTo("1");

    store.gate().releaseOne();
    assertDurable(second);
    store.gate().releaseOne();
    assertDurable(a.submit("k", "3"));
    assertThat(a.submit("k", "4")).isNotDone();
  }

  @Test
  void an_opening_waits_for_the_commits_that_are_held() throws Exception {
    Writer a = open("a");
    store.gate().hold();
    CompletableFuture<StorageException> before = a.submit("k", "1");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Writer> opening = threads.submit(() -> open("a"));
      Writer b = open("b");
      assertThat(b.seq).isZero();
      assertThat(opening.isDone()).isFalse();
      store.gate().release();
      assertThat(opening.get().seq).isEqualTo(1);
    }
    assertDurable(before);
  }

  @Test
  void the_opening_that_waits_has_closed_the_one_before() throws Exception {
    Writer old = open("a");
    store.gate().hold();
    CompletableFuture<StorageException> before = old.submit("k", "1");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Thread> opener = new CompletableFuture<>();
      Future<Writer> opening =
          threads.submit(
              () -> {
                opener.complete(Thread.currentThread());
                return open("a");
              });
      Thread thread = opener.get();
      await().until(() -> waitsForGroups(thread));
      CompletableFuture<StorageException> late = old.submit("k", "late");
      store.gate().release();
      assertFailed(late, Outcome.NOT_APPLIED);
      assertThat(opening.get().seq).isEqualTo(1);
    }
    assertDurable(before);
    assertThat(get("a", "k")).isEqualTo("1");
  }

  @Test
  void submitting_blocks_while_too_many_bytes_wait() throws Exception {
    Writer a = open("a");
    store.gate().hold();
    byte[] large = new byte[16 << 20];
    CompletableFuture<StorageException> last = a.submit("k", large);
    for (long bytes = large.length;
        bytes < InMemoryStore.MAX_WAITING_BYTES;
        bytes += large.length) {
      last = a.submit("k", large);
    }
    long submitted = store.gate().submitted();
    CompletableFuture<StorageException> beyond = new CompletableFuture<>();
    Thread blocked = Thread.startVirtualThread(() -> a.submit("k", new byte[1], beyond));
    await().until(() -> waitsForGroups(blocked));

    assertThat(store.gate().submitted()).isEqualTo(submitted);
    store.gate().release();
    store.gate().awaitSubmitted(submitted + 1);
    assertDurable(last);
    assertDurable(beyond);
  }

  @Test
  void what_a_killed_process_had_not_written_is_not_there() {
    Writer a = open("a");
    a.commit("k", "1");
    store.gate().hold();
    CompletableFuture<StorageException> lost = a.submit("k", "lost");
    InMemoryStore killed = store;
    store = newStore();

    assertThat(open("a").seq).isEqualTo(1);
    killed.close();
    assertFailed(lost, Outcome.NOT_APPLIED);
    assertThat(get("a", "k")).isEqualTo("1");
    assertThat(killed.gate().committed()).hasSize(1);
  }

  @Test
  void close_lets_through_what_is_held() {
    Writer a = open("a");
    store.gate().hold();
    CompletableFuture<StorageException> held = a.submit("k", "1");
    store.close();

    assertThat(held).isDone();
    assertDurable(held);
    store = newStore();
    assertThat(get("a", "k")).isEqualTo("1");
  }

  @Test
  void what_reached_the_store_can_be_listed_in_order() {
    CommitGroup first = open("a").commit("k", "1");
    Writer b = open("b");
    CommitGroup second = b.commit("k", "2");
    store.faults().failNextCommit(Faults.CommitFault.REFUSED);
    assertFailed(b.submit("k", "3"), Outcome.NOT_APPLIED);

    assertThat(store.gate().committed()).containsExactly(first, second);
    assertThat(store.gate().submitted()).isEqualTo(3);
    assertThat(store.gate().applied()).isEqualTo(2);
  }

  /** Whether a thread waits, and not merely for the lock: then it has done all it does before. */
  private boolean waitsForGroups(Thread thread) {
    return thread.getState() == Thread.State.WAITING && !data.lock.hasQueuedThread(thread);
  }
}
