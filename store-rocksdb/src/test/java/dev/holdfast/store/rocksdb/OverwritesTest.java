// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.View;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several commits of one batch that write the same entries. */
class OverwritesTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 100 : 15;
  private static final List<EntryKey> KEYS = List.of(EntryKey.user("a"), EntryKey.user("b"));

  /** Lets a write pass when it is told to. */
  private final Semaphore gate = new Semaphore(Integer.MAX_VALUE / 2);

  private final List<byte[]> batches = new ArrayList<>();
  private final NavigableMap<Generation, Map<EntryKey, byte[]>> model = new TreeMap<>();

  @TempDir Path directory;
  private long seq;
  private Generation generation = Generation.ofSecond(1);
  private volatile CountDownLatch held = new CountDownLatch(1);

  @BeforeEach
  void modelIsEmpty() {
    model.put(generation, Map.of());
  }

  @Test
  void overwriting_an_entry_with_as_many_bytes_adds_nothing_to_the_batch() throws Exception {
    try (RocksStore store = open()) {
      OpenedObject object = store.open(RocksStoreTest.object(1), null);
      inOneBatch(store, object, List.of(changes(KEYS.getFirst(), "00")));
      List<List<Change>> commits = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        commits.add(changes(KEYS.getFirst(), "%02d".formatted(i)));
      }
      inOneBatch(store, object, commits);
      assertThat(count(batches.getLast())).as("the entry and the head").isEqualTo(2);
      check(store);
    }
  }

  static LongStream seeds() {
    Long replayed = Long.getLong("holdfast.seed");
    return replayed != null ? LongStream.of(replayed) : new Random().longs(5);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void the_present_and_the_past_are_those_of_the_last_writes(long seed) throws Exception {
    Random random = new Random(seed);
    try (RocksStore store = open()) {
      OpenedObject object = store.open(RocksStoreTest.object(1), null);
      for (int round = 0; round < ROUNDS; round++) {
        List<List<Change>> commits = new ArrayList<>();
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
          commits.add(randomChanges(random));
        }
        inOneBatch(store, object, commits, random);
        check(store);
      }
    }
    try (RocksStore store = open()) {
      check(store);
    }
  }

  private static List<Change> randomChanges(Random random) {
    List<Change> changes = new ArrayList<>();
    for (EntryKey key : KEYS) {
      if (random.nextInt(3) > 0) {
        byte[] value = new byte[1 + random.nextInt(2)];
        random.nextBytes(value);
        changes.add(new Change(key, random.nextInt(5) == 0 ? null : value));
      }
    }
    return changes;
  }

  private static List<Change> changes(EntryKey key, String value) {
    return List.of(new Change(key, value.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
  }

  private static int count(byte[] batch) {
    return ByteBuffer.wrap(batch).order(ByteOrder.LITTLE_ENDIAN).getInt(8);
  }

  private RocksStore open() {
    Surroundings real = Surroundings.real();
    return RocksStore.open(
        directory,
        RocksStoreOptions.defaults(),
        new Surroundings(
            disk ->
                batch -> {
                  held.countDown();
                  gate.acquireUninterruptibly();
                  batches.add(batch);
                  return disk.write(batch);
                },
            real.usableBytes(),
            real.nanos(),
            real.random()));
  }

  private void inOneBatch(RocksStore store, OpenedObject object, List<List<Change>> commits)
      throws Exception {
    inOneBatch(store, object, commits, null);
  }

  /** Commits while the committer is held up by another object's commit. */
  private void inOneBatch(
      RocksStore store, OpenedObject object, List<List<Change>> commits, @Nullable Random random)
      throws Exception {
    OpenedObject other = store.open(RocksStoreTest.object(2), null);
    int permits = gate.drainPermits();
    held = new CountDownLatch(1);
    List<CompletableFuture<@Nullable Throwable>> all = new ArrayList<>();
    all.add(
        submit(
            store, RocksStoreTest.put(other.opening(), other.seq() + 1, other.generation(), "x")));
    held.await();
    for (List<Change> changes : commits) {
      if (random != null && random.nextInt(3) == 0) {
        generation = generation.next();
      }
      seq++;
      all.add(submit(store, Commit.of(object.opening(), seq, generation, changes)));
      Map<EntryKey, byte[]> state = new TreeMap<>(model.lastEntry().getValue());
      for (Change change : changes) {
        byte[] value = change.value();
        if (value == null) {
          state.remove(change.key());
        } else {
          state.put(change.key(), value);
        }
      }
      model.put(generation, state);
    }
    gate.release(permits);
    for (CompletableFuture<@Nullable Throwable> completion : all) {
      assertThat(completion.join()).isNull();
    }
  }

  private static CompletableFuture<@Nullable Throwable> submit(RocksStore store, Commit commit) {
    CompletableFuture<@Nullable Throwable> done = new CompletableFuture<>();
    store.submit(CommitGroup.of(commit), done::complete);
    return done;
  }

  private void check(RocksStore store) {
    for (EntryKey key : KEYS) {
      assertThat(store.get(RocksStoreTest.object(1), key, View.current()))
          .isEqualTo(model.lastEntry().getValue().get(key));
      model.forEach(
          (at, state) ->
              assertThat(store.get(RocksStoreTest.object(1), key, View.endOf(at)))
                  .as("%s at %s", key, at)
                  .isEqualTo(state.get(key)));
    }
  }
}
