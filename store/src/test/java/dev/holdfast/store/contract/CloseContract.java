// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.Directory;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Close: completes what was submitted, and nothing afterwards. */
abstract class CloseContract extends ContractTest {
  private static final int MAX_WAIT_SECONDS = 20;

  @Test
  void close_completes_what_was_submitted() throws Exception {
    TestObject object = open("a");
    List<Completion> submitted = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      submitted.add(object.put("k" + i, "" + i).submit());
    }
    store().close();

    assertThat(submitted).allMatch(Completion::isDone);
    submitted.forEach(Completion::awaitDurable);
    reopen();
    assertThat(found("a").seq()).isEqualTo(200);
    assertThat(texts("a")).hasSize(200);
  }

  @Test
  void a_closed_store_refuses_commits_and_tells_so_once() throws Exception {
    TestObject object = open("a");
    object.put("k", "1").commit();
    store().close();

    Completion refused = object.put("k", "2").submit();
    refused.awaitNotApplied();
    object.release();
    assertThat(refused.calls()).isEqualTo(1);
    reopen();
    assertThat(get("a", "k")).isEqualTo("1");
  }

  @Test
  void a_closed_store_opens_and_reads_nothing() {
    open("a").put("k", "1").commit();
    Directory directory = store().directory();
    store().close();

    assertClosed(() -> store().open(ref("a"), "a"));
    assertClosed(() -> store().get(ref("a"), EntryKey.user("k"), View.current()));
    assertClosed(
        () -> store().scan(ref("a"), new ScanRange(FIRST, END, false, 1, 1), View.current()));
    assertClosed(() -> store().dueAlarms(1));
    assertClosed(() -> store().nextAlarm());
    assertClosed(() -> store().prune(1));
    assertClosed(() -> store().namespaceSecret("A"));
    assertClosed(() -> directory.byId(NAMESPACE, null, 1));
    assertClosed(() -> directory.byName(NAMESPACE, "", null, 1));
  }

  private static void assertClosed(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED));
  }

  @Test
  void close_may_be_called_again_and_from_several_threads() throws Exception {
    open("a").put("k", "1").submit();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> closing = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        closing.add(threads.submit(() -> store().close()));
      }
      for (Future<?> closed : closing) {
        closed.get();
      }
    }
    store().close();
    reopen();
    assertThat(get("a", "k")).isEqualTo("1");
  }

  @Test
  void close_by_a_listener_is_refused_and_the_store_serves_on() throws Exception {
    TestObject object = open("a");
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Commit commit = object.put("k", "1").build();
    object.advanceTo(commit);
    store()
        .submit(
            CommitGroup.of(commit), _ -> thrown.complete(catchThrowable(() -> store().close())));

    assertThat(thrown.get(MAX_WAIT_SECONDS, TimeUnit.SECONDS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("listener")
        .hasMessageContaining("close it on another thread");
    object.put("k", "2").commit();
    reopen();
    assertThat(get("a", "k")).isEqualTo("2");
  }

  @Test
  void every_listener_is_told_what_is_found_afterwards_however_close_falls() throws Exception {
    int writers = 4;
    for (int round = 0; round < 5; round++) {
      List<TestObject> objects = new ArrayList<>();
      List<Future<List<Completion>>> writing = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        CountDownLatch busy = new CountDownLatch(writers);
        for (int w = 0; w < writers; w++) {
          TestObject object = open("object" + w);
          objects.add(object);
          writing.add(threads.submit(() -> writeUntilClosed(object, busy)));
        }
        busy.await();
        store().close();
      }
      reopen();
      for (int w = 0; w < writers; w++) {
        List<Completion> written = writing.get(w).get();
        long durable = written.stream().filter(c -> c.await().isEmpty()).count();
        assertThat(written).allMatch(c -> c.calls() == 1);
        assertThat(found("object" + w).seq()).isEqualTo(objects.get(w).opened().seq() + durable);
      }
    }
  }

  private static List<Completion> writeUntilClosed(TestObject object, CountDownLatch busy) {
    List<Completion> written = new ArrayList<>();
    do {
      for (int i = 0; i < 10; i++) {
        written.add(object.put("k", "" + written.size()).submit());
      }
      busy.countDown();
    } while (written.getLast().await().isEmpty());
    return written;
  }
}
