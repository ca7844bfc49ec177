// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectId;
import dev.holdfast.StorageException;
import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.DueAlarm;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Opening;
import dev.holdfast.store.View;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksStoreTest {
  @TempDir Path directory;

  static ObjectRef object(int n) {
    byte[] id = new byte[32];
    id[0] = (byte) n;
    return new ObjectRef("Test", ObjectId.of(id, "object-" + n));
  }

  static void commit(RocksStore store, Commit commit) {
    CompletableFuture<StorageException> done = new CompletableFuture<>();
    store.submit(CommitGroup.of(commit), done::complete);
    StorageException failure = done.join();
    if (failure != null) {
      throw failure;
    }
  }

  static Commit put(Opening opening, long seq, Generation generation, String value) {
    return Commit.of(
        opening,
        seq,
        generation,
        List.of(new Change(EntryKey.user("key"), value.getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void a_confirmed_commit_is_there_after_reopening() {
    try (RocksStore store = RocksStore.open(directory, RocksStoreOptions.defaults())) {
      OpenedObject object = store.open(object(1), "object-1");
      assertThat(object.seq()).isZero();
      commit(
          store,
          Commit.of(
              object.opening(),
              1,
              Generation.ofSecond(7),
              List.of(new Change(EntryKey.user("a"), new byte[] {1, 2, 3}))));
      commit(
          store,
          Commit.of(
              object.opening(),
              2,
              Generation.ofSecond(8),
              List.of(new Change(EntryKey.user("a"), new byte[] {4}))));
    }
    try (RocksStore store = RocksStore.open(directory, RocksStoreOptions.defaults())) {
      OpenedObject object = store.open(object(1), "object-1");
      assertThat(object.seq()).isEqualTo(2);
      assertThat(object.whole()).isTrue();
      assertThat(object.entries()).hasSize(1);
      assertThat(object.entries().getFirst().value()).containsExactly(4);
      assertThat(store.get(object(1), EntryKey.user("a"), View.current())).containsExactly(4);
      assertThat(store.get(object(1), EntryKey.user("a"), View.endOf(Generation.ofSecond(7))))
          .containsExactly(1, 2, 3);
      assertThat(store.get(object(1), EntryKey.user("a"), View.endOf(Generation.ofSecond(6))))
          .isNull();
    }
  }

  @Test
  void alarms_can_be_asked_for_while_the_first_commit_of_a_namespace_is_not_confirmed_yet()
      throws Exception {
    Semaphore gate = new Semaphore(1);
    CountDownLatch written = new CountDownLatch(1);
    Surroundings real = Surroundings.real();
    Surroundings surroundings =
        new Surroundings(
            disk ->
                batch -> {
                  long sequence = disk.write(batch);
                  if (!gate.tryAcquire()) {
                    written.countDown();
                    gate.acquireUninterruptibly();
                  }
                  return sequence;
                },
            real.usableBytes(),
            real.nanos(),
            real.random());
    try (RocksStore store =
        RocksStore.open(directory, RocksStoreOptions.defaults(), surroundings)) {
      Opening opening = store.open(object(1), "object-1").opening();
      CompletableFuture<@Nullable StorageException> done = new CompletableFuture<>();
      store.submit(
          CommitGroup.of(
              new Commit(
                  opening,
                  1,
                  Generation.ofSecond(7),
                  false,
                  List.of(),
                  AlarmTime.at(Instant.EPOCH),
                  List.of())),
          done::complete);
      written.await();
      try {
        assertThat(store.dueAlarms(10)).isEmpty();
      } finally {
        gate.release();
      }
      assertThat(done.join()).isNull();
      assertThat(store.dueAlarms(10)).containsExactly(new DueAlarm(object(1), Instant.EPOCH));
    }
  }
}
