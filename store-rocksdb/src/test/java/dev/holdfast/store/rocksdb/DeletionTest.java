// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.StorageException;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.RocksDBException;

/** Deleting objects key by key or as ranges: atomic in a crash, and gone from every table. */
class DeletionTest {
  private static final int SMALL = 10;
  private static final int LARGE = 3 * Erasure.MAX_KEYS;
  private static final int CUTS = Boolean.getBoolean("holdfast.thorough") ? 60 : 8;
  private static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10);
  private static final byte[] TABLES = {
    Keys.ALARM, Keys.DIRECTORY, Keys.HISTORY, Keys.INCARNATION, Keys.NAME, Keys.OBJECT, Keys.PIN
  };

  @TempDir Path folder;

  /** Fills an object in two generations, and tells its last commit. */
  static Commit fill(RocksStore store, ObjectRef object, int keys, String value) {
    OpenedObject opened = store.open(object, object.id().name().orElse(null));
    Commit last = null;
    for (int round = 1; round <= 2; round++) {
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < keys; i++) {
        changes.add(new Change(EntryKey.user("key-" + i), (value + round).getBytes(UTF_8)));
      }
      last =
          Commit.of(
              opened.opening(),
              opened.seq() + round,
              opened.generation().advancedTo(round).next(),
              changes);
      RocksStoreTest.commit(store, last);
      opened =
          new OpenedObject(
              opened.opening(),
              opened.seq(),
              last.generation(),
              null,
              0,
              opened.alarm(),
              List.of(),
              false);
    }
    return Objects.requireNonNull(last);
  }

  static void delete(RocksStore store, Commit last) {
    RocksStoreTest.commit(store, Commit.delete(last.opening(), last.seq() + 1, last.generation()));
  }

  /** How many entries an object has. */
  static int entries(ObjectStore store, ObjectRef object) {
    ScanRange all =
        new ScanRange(
            EntryKey.first(EntryKind.USER),
            EntryKey.end(EntryKind.META),
            false,
            Integer.MAX_VALUE,
            Long.MAX_VALUE);
    return store.scan(object, all, View.current()).entries().size();
  }

  /** All keys of tables in which objects are. */
  private static List<String> keys(RocksStore store) throws Exception {
    List<String> keys = new ArrayList<>();
    try (Cursor cursor = store.database().cursor()) {
      for (byte table : TABLES) {
        byte[] prefix = {table};
        for (boolean more = cursor.seek(prefix);
            more && Keys.startsWith(cursor.key(), prefix);
            more = cursor.next()) {
          keys.add((char) table + " " + Arrays.toString(cursor.key()));
        }
      }
    }
    return keys;
  }

  @ParameterizedTest
  @ValueSource(ints = {SMALL, LARGE})
  void no_key_is_left_in_any_table(int size) throws Exception {
    try (RocksStore store = RocksStore.open(folder, OPTIONS)) {
      delete(store, fill(store, Ledger.ref(1), size, "value"));
      assertThat(keys(store)).isEmpty();
    }
    try (RocksStore store = RocksStore.open(folder, OPTIONS)) {
      assertThat(keys(store)).isEmpty();
      fill(store, Ledger.ref(1), SMALL, "new");
      assertThat(entries(store, Ledger.ref(1))).isEqualTo(SMALL);
    }
    try (RocksStore store = RocksStore.open(folder, OPTIONS)) {
      assertThat(entries(store, Ledger.ref(1))).isEqualTo(SMALL);
    }
  }

  @Test
  void one_large_value_is_not_read_to_delete_it() throws Exception {
    try (RocksStore store = RocksStore.open(folder, OPTIONS)) {
      int size = (int) Erasure.MAX_BYTES + 1;
      Commit last = fill(store, Ledger.ref(1), 1, "x".repeat(size));
      byte[] kept = Objects.requireNonNull(store.database().get(Keys.namespace("Ledger")));
      int namespace = Keys.intAt(kept, 0);
      assertThat(Erasure.of(store.database(), namespace, Ledger.ref(1).id()).keys()).isNull();
      delete(store, last);
      assertThat(keys(store)).isEmpty();
    }
  }

  /** Writes so many keys, and deletes those from the given one on, in one generation. */
  private static Commit shrink(RocksStore store, ObjectRef object, int keys, int left) {
    OpenedObject opened = store.open(object, object.id().name().orElse(null));
    List<Change> puts = new ArrayList<>();
    List<Change> deletes = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      EntryKey key = EntryKey.user("key-%06d".formatted(i));
      puts.add(new Change(key, "value".getBytes(UTF_8)));
      if (i >= left) {
        deletes.add(new Change(key, null));
      }
    }
    Generation at = opened.generation().advancedTo(1);
    RocksStoreTest.commit(store, Commit.of(opened.opening(), opened.seq() + 1, at, puts));
    Commit last = Commit.of(opened.opening(), opened.seq() + 2, at, deletes);
    RocksStoreTest.commit(store, last);
    return last;
  }

  @Test
  void keys_that_were_deleted_before_are_not_looked_through_to_delete_the_rest() throws Exception {
    try (RocksStore store = RocksStore.open(folder, RocksStoreOptions.defaults())) {
      Commit little = shrink(store, Ledger.ref(1), Cursor.MAX_PASSED / 4, 3);
      Commit much = shrink(store, Ledger.ref(2), 3 * Cursor.MAX_PASSED, 3);
      byte[] kept = Objects.requireNonNull(store.database().get(Keys.namespace("Ledger")));
      int namespace = Keys.intAt(kept, 0);
      // Head and entries.
      assertThat(Erasure.of(store.database(), namespace, Ledger.ref(1).id()).keys()).hasSize(4);
      assertThat(Erasure.of(store.database(), namespace, Ledger.ref(2).id()).keys()).isNull();
      delete(store, little);
      delete(store, much);
      assertThat(keys(store)).isEmpty();
    }
  }

  /**
   * The process is killed while the batch is written: of its record in the log any part may be on
   * disk. The object is whole or gone, and never anything in between.
   */
  @ParameterizedTest
  @ValueSource(ints = {SMALL, LARGE})
  void a_batch_of_which_only_a_part_is_on_disk_leaves_the_object_whole(int size) throws Exception {
    Path live = folder.resolve("live");
    Path before = folder.resolve("before");
    byte[] logBefore;
    byte[] logAfter;
    Path log;
    try (RocksStore store = RocksStore.open(live, RocksStoreOptions.defaults())) {
      fill(store, Ledger.ref(2), SMALL, "neighbour");
      Commit last = fill(store, Ledger.ref(1), size, "value");
      try (Standstill _ = new Standstill(store)) {
        StoreLayout layout = new StoreLayout(live);
        log = layout.log(layout.latestLog());
        Folders.copy(live, before);
        logBefore = Files.readAllBytes(log);
        delete(store, last);
        logAfter = Files.readAllBytes(log);
      }
    }
    assertThat(logAfter.length).isGreaterThan(logBefore.length);
    int written = logAfter.length - logBefore.length;
    for (int cut = 0; cut <= CUTS; cut++) {
      int length = logBefore.length + (int) ((long) written * cut / CUTS);
      Path crashed = folder.resolve("cut-" + cut);
      Folders.copy(before, crashed);
      Files.write(crashed.resolve(live.relativize(log)), Arrays.copyOf(logAfter, length));
      try (RocksStore store = RocksStore.open(crashed, RocksStoreOptions.defaults())) {
        boolean gone = length == logAfter.length;
        assertThat(entries(store, Ledger.ref(1))).as("cut %s", cut).isEqualTo(gone ? 0 : size);
        assertThat(store.directory().find(Ledger.ref(1)) == null).isEqualTo(gone);
        assertThat(store.open(Ledger.ref(1), null).seq()).isEqualTo(gone ? 0 : 2);
        assertThat(entries(store, Ledger.ref(2))).isEqualTo(SMALL);
        if (gone) {
          assertThat(keys(store)).noneMatch(key -> key.startsWith("H") && key.contains("value"));
        }
      }
    }
  }

  /** The mark file counts what is confirmed by sequence numbers, of which a range takes one. */
  @ParameterizedTest
  @ValueSource(ints = {SMALL, LARGE})
  void a_log_with_deletions_is_inspected_and_what_is_cut_off_is_noticed(int size) throws Exception {
    Path live = folder.resolve("live");
    Path copy = folder.resolve("copy");
    Path log;
    try (RocksStore store = RocksStore.open(live, RocksStoreOptions.defaults())) {
      delete(store, fill(store, Ledger.ref(1), size, "value"));
      delete(store, fill(store, Ledger.ref(1), size, "again"));
      fill(store, Ledger.ref(2), SMALL, "value");
      try (Standstill _ = new Standstill(store)) {
        StoreLayout layout = new StoreLayout(live);
        log = layout.log(layout.latestLog());
        Folders.copy(live, copy);
      }
    }
    Path whole = folder.resolve("whole");
    Folders.copy(copy, whole);
    try (RocksStore store = RocksStore.open(whole, OPTIONS)) {
      assertThat(entries(store, Ledger.ref(1))).isZero();
      assertThat(entries(store, Ledger.ref(2))).isEqualTo(SMALL);
    }
    Path cut = copy.resolve(live.relativize(log));
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> RocksStore.open(copy, OPTIONS))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("lost from sequence number");
    try (RocksStore store = RocksStore.open(copy, OPTIONS.withAcceptLoss(true))) {
      assertThat(entries(store, Ledger.ref(1))).isZero();
      assertThat(entries(store, Ledger.ref(2))).isEqualTo(SMALL);
    }
  }

  /** Objects come and go at random, through flushes, compactions and openings. */
  @Test
  void what_is_there_is_what_a_model_says() throws Exception {
    long seed = Long.getLong("holdfast.seed", new Random().nextLong());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    @Nullable Commit[] last = new Commit[6];
    int[] sizes = new int[last.length];
    RocksStore store = RocksStore.open(folder, OPTIONS);
    try {
      for (int step = 0; step < 60; step++) {
        int object = random.nextInt(last.length);
        Commit existing = last[object];
        if (existing != null && random.nextInt(3) > 0) {
          delete(store, existing);
          last[object] = null;
          sizes[object] = 0;
        } else if (existing == null) {
          sizes[object] = 1 + random.nextInt(random.nextBoolean() ? SMALL : LARGE);
          last[object] = fill(store, Ledger.ref(object), sizes[object], "value" + step);
        }
        if (random.nextInt(12) == 0) {
          store.close();
          store = RocksStore.open(folder, OPTIONS);
          Arrays.fill(last, null);
          for (int i = 0; i < last.length; i++) {
            OpenedObject opened = store.open(Ledger.ref(i), "object-" + i);
            if (opened.seq() > 0) {
              last[i] = Commit.of(opened.opening(), opened.seq(), opened.generation(), List.of());
            }
          }
        }
        for (int i = 0; i < last.length; i++) {
          assertThat(entries(store, Ledger.ref(i)))
              .as("object %s after step %s, seed %s", i, step, seed)
              .isEqualTo(sizes[i]);
          assertThat(store.directory().find(Ledger.ref(i)) != null).isEqualTo(last[i] != null);
        }
      }
    } finally {
      store.close();
    }
  }

  /** Nobody knows whether it is on disk: after the store has opened itself anew, one can see. */
  @Test
  void a_deletion_that_failed_is_unknown_and_the_object_whole_or_gone() {
    AtomicLong failing = new AtomicLong(-1);
    Surroundings real = Surroundings.real();
    UnaryOperator<BatchWriter> writes =
        disk ->
            batch -> {
              if (failing.get() == 0) {
                failing.set(-1);
                throw new RocksDBException("no disk, as the test told it to");
              }
              long sequence = disk.write(batch);
              if (failing.get() == 1) {
                failing.set(-1);
                throw new RocksDBException("no answer, as the test told it to");
              }
              return sequence;
            };
    Surroundings surroundings =
        new Surroundings(writes, real.usableBytes(), real.nanos(), real.random());
    try (RocksStore store = RocksStore.open(folder, OPTIONS, surroundings)) {
      for (int reached = 0; reached < 2; reached++) {
        Commit last = fill(store, Ledger.ref(reached), LARGE, "value");
        failing.set(reached);
        CompletableFuture<@Nullable StorageException> done = new CompletableFuture<>();
        store.submit(
            CommitGroup.of(Commit.delete(last.opening(), 3, last.generation())), done::complete);
        assertThat(done.join()).isNotNull().returns(true, StorageException::retryable);
        assertThat(store.open(Ledger.ref(reached), null).seq()).isEqualTo(reached == 1 ? 0 : 2);
        assertThat(entries(store, Ledger.ref(reached))).isEqualTo(reached == 1 ? 0 : LARGE);
      }
    }
  }

  @Test
  void while_space_is_short_objects_can_be_deleted() {
    AtomicLong usable = new AtomicLong(1L << 40);
    AtomicLong nanos = new AtomicLong();
    Surroundings real = Surroundings.real();
    Surroundings surroundings =
        new Surroundings(UnaryOperator.identity(), usable::get, nanos::get, real.random());
    try (RocksStore store = RocksStore.open(folder, RocksStoreOptions.defaults(), surroundings)) {
      Commit last = fill(store, Ledger.ref(1), LARGE, "value");
      usable.set(1 << 20);
      nanos.addAndGet(Duration.ofSeconds(2).toNanos());

      delete(store, last);
      assertThat(entries(store, Ledger.ref(1))).isZero();
    }
  }

  @Test
  void deletions_of_many_objects_and_commits_of_others_share_batches() {
    AtomicLong writes = new AtomicLong();
    Surroundings real = Surroundings.real();
    Semaphore gate = new Semaphore(1_000);
    Surroundings surroundings =
        new Surroundings(
            disk ->
                batch -> {
                  gate.acquireUninterruptibly();
                  writes.incrementAndGet();
                  return disk.write(batch);
                },
            real.usableBytes(),
            real.nanos(),
            real.random());
    try (RocksStore store = RocksStore.open(folder, OPTIONS, surroundings)) {
      List<Commit> filled = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        filled.add(fill(store, Ledger.ref(i), SMALL, "value"));
      }
      OpenedObject other = store.open(Ledger.ref(99), null);
      gate.drainPermits();
      List<CompletableFuture<@Nullable StorageException>> answers = new ArrayList<>();
      submit(
          store, RocksStoreTest.put(other.opening(), 1, Generation.ofSecond(1), "first"), answers);
      long before = writes.get();
      for (int i = 0; i < 50; i++) {
        Commit last = filled.get(i);
        submit(store, Commit.delete(last.opening(), 3, last.generation()), answers);
        submit(
            store,
            RocksStoreTest.put(other.opening(), i + 2L, Generation.ofSecond(1), "v" + i),
            answers);
      }
      gate.release(1_000);
      answers.forEach(answer -> assertThat(answer.join()).isNull());
      assertThat(writes.get() - before).isLessThan(5);
      for (int i = 0; i < 50; i++) {
        assertThat(entries(store, Ledger.ref(i))).isZero();
      }
      assertThat(entries(store, Ledger.ref(99))).isEqualTo(1);
    }
  }

  private static void submit(
      RocksStore store,
      Commit commit,
      List<CompletableFuture<@Nullable StorageException>> answers) {
    CompletableFuture<@Nullable StorageException> answer = new CompletableFuture<>();
    store.submit(CommitGroup.of(commit), answer::complete);
    answers.add(answer);
  }
}
