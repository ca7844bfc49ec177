// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.Generation;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Opening;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rocksdb.RocksDBException;

/** How a store that failed comes back, or does not. */
class SessionsTest {
  @TempDir Path directory;
  private final AtomicBoolean failing = new AtomicBoolean();
  private final AtomicLong nanos = new AtomicLong();

  private RocksStore open() {
    Surroundings real = Surroundings.real();
    return RocksStore.open(
        directory,
        RocksStoreOptions.defaults(),
        new Surroundings(
            disk ->
                batch -> {
                  if (failing.get()) {
                    throw new RocksDBException("no write reaches the disk");
                  }
                  return disk.write(batch);
                },
            real.usableBytes(),
            nanos::get,
            real.random()));
  }

  @Test
  void while_the_disk_fails_openings_are_retryable_and_name_the_store_and_then_it_serves() {
    try (RocksStore store = open()) {
      OpenedObject object = store.open(Ledger.ref(1), null);
      failing.set(true);
      StorageException failure =
          catchThrowableOfType(
              StorageException.class,
              () ->
                  RocksStoreTest.commit(
                      store, RocksStoreTest.put(object.opening(), 1, Generation.ofSecond(1), "x")));
      assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);

      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> store.open(Ledger.ref(1), null))
            .isInstanceOfSatisfying(
                StorageException.class,
                e -> {
                  assertThat(e.retryable()).isTrue();
                  assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                })
            .hasMessageContaining(directory.toString())
            .hasMessageContaining("no write reaches the disk");
      }
      failing.set(false);
      assertThatThrownBy(() -> store.open(Ledger.ref(1), null)).hasMessageContaining("tried again");
      nanos.addAndGet(Duration.ofSeconds(10).toNanos());

      OpenedObject again = store.open(Ledger.ref(1), null);
      assertThat(again.opening().epoch()).isGreaterThan(object.opening().epoch());
      RocksStoreTest.commit(
          store, RocksStoreTest.put(again.opening(), again.seq() + 1, Generation.ofSecond(1), "y"));
    }
  }

  @Test
  void a_store_comes_back_on_the_thread_of_an_object_that_is_interrupted() {
    try (RocksStore store = open()) {
      OpenedObject object = store.open(Ledger.ref(1), null);
      failing.set(true);
      assertThatThrownBy(
              () ->
                  RocksStoreTest.commit(
                      store, RocksStoreTest.put(object.opening(), 1, Generation.ofSecond(1), "x")))
          .isInstanceOf(StorageException.class);
      failing.set(false);

      Thread.currentThread().interrupt();
      OpenedObject again = store.open(Ledger.ref(1), null);

      assertThat(Thread.interrupted()).isTrue();
      RocksStoreTest.commit(
          store, RocksStoreTest.put(again.opening(), 1, Generation.ofSecond(1), "y"));
    } finally {
      Thread.interrupted();
    }
  }

  /** What may go wrong where the committer does not expect it. */
  enum Surprise {
    IN_THE_WRITE,
    IN_THE_MAKING_OF_THE_BATCH
  }

  @ParameterizedTest
  @EnumSource
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) // a dead committer answers nobody
  void a_committer_that_fails_by_surprise_fails_the_commit_and_goes_on(Surprise surprise) {
    AtomicReference<@Nullable Error> next = new AtomicReference<>();
    Surroundings real = Surroundings.real();
    Surroundings surroundings =
        new Surroundings(
            disk ->
                batch -> {
                  if (surprise == Surprise.IN_THE_WRITE) {
                    throwIfAny(next);
                  }
                  return disk.write(batch);
                },
            real.usableBytes(),
            real.nanos(),
            () -> {
              if (surprise == Surprise.IN_THE_MAKING_OF_THE_BATCH) {
                throwIfAny(next);
              }
              return real.random().nextLong();
            });
    try (RocksStore store =
        RocksStore.open(directory, RocksStoreOptions.defaults(), surroundings)) {
      OpenedObject object = store.open(Ledger.ref(1), null);
      next.set(new OutOfMemoryError("as the test told it to"));

      assertThatThrownBy(
              () ->
                  RocksStoreTest.commit(
                      store, RocksStoreTest.put(object.opening(), 1, Generation.ofSecond(1), "x")))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN))
          .hasMessageContaining("as the test told it to");
      assertThatThrownBy(
              () ->
                  RocksStoreTest.commit(
                      store, RocksStoreTest.put(object.opening(), 1, Generation.ofSecond(1), "x")))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED));

      OpenedObject again = store.open(Ledger.ref(1), null);
      assertThat(again.seq()).isZero();
      RocksStoreTest.commit(
          store, RocksStoreTest.put(again.opening(), 1, Generation.ofSecond(1), "y"));
    }
  }

  /** As thrown where there is no memory even to say so. */
  private static final class Wordless extends OutOfMemoryError {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new OutOfMemoryError("no words");
    }
  }

  @Test
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) // a dead committer answers nobody
  void an_error_without_words_ends_the_session_too_and_everybody_is_told() {
    AtomicReference<@Nullable Error> next = new AtomicReference<>();
    Surroundings real = Surroundings.real();
    Surroundings surroundings =
        new Surroundings(
            disk -> disk,
            real.usableBytes(),
            real.nanos(),
            () -> {
              throwIfAny(next);
              return real.random().nextLong();
            });
    try (RocksStore store =
        RocksStore.open(directory, RocksStoreOptions.defaults(), surroundings)) {
      OpenedObject object = store.open(Ledger.ref(1), null);
      next.set(new Wordless());

      assertThatThrownBy(
              () ->
                  RocksStoreTest.commit(
                      store, RocksStoreTest.put(object.opening(), 1, Generation.ofSecond(1), "x")))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN))
          .hasMessageContainingAll("had no memory to say why", directory.toString());

      OpenedObject again = store.open(Ledger.ref(1), null);
      assertThat(again.seq()).isZero();
      RocksStoreTest.commit(
          store, RocksStoreTest.put(again.opening(), 1, Generation.ofSecond(1), "y"));
    }
  }

  @Test
  void an_opening_that_waits_for_a_commit_that_fails_has_applied_nothing() throws Exception {
    Semaphore gate = new Semaphore(0);
    CountDownLatch held = new CountDownLatch(1);
    AtomicInteger writes = new AtomicInteger();
    Surroundings real = Surroundings.real();
    Surroundings surroundings =
        new Surroundings(
            disk ->
                batch -> {
                  // The epoch, then the commit that holds up the others, then those.
                  switch (writes.incrementAndGet()) {
                    case 2 -> {
                      held.countDown();
                      gate.acquireUninterruptibly();
                    }
                    case 3 -> throw new RocksDBException("this write does not reach the disk");
                    default -> {}
                  }
                  return disk.write(batch);
                },
            real.usableBytes(),
            real.nanos(),
            real.random());
    try (RocksStore store =
        RocksStore.open(directory, RocksStoreOptions.defaults(), surroundings)) {
      Opening first = store.open(Ledger.ref(1), null).opening();
      Opening other = store.open(Ledger.ref(2), null).opening();
      store.submit(
          CommitGroup.of(RocksStoreTest.put(other, 1, Generation.ofSecond(1), "x")), _ -> {});
      held.await();
      store.submit(
          CommitGroup.of(RocksStoreTest.put(first, 1, Generation.ofSecond(1), "x")), _ -> {});
      FutureTask<OpenedObject> opening = new FutureTask<>(() -> store.open(Ledger.ref(1), null));
      Thread opener = Thread.ofPlatform().start(opening);
      Awaitility.await().until(() -> opener.getState() == Thread.State.WAITING);
      gate.release();

      assertThatThrownBy(opening::get)
          .cause()
          .isInstanceOfSatisfying(
              StorageException.class,
              e -> {
                assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                assertThat(e.retryable()).isTrue();
              })
          .hasMessageContaining(directory.toString());
      assertThat(store.open(Ledger.ref(1), null).seq()).isZero();
      assertThat(store.open(Ledger.ref(2), null).seq()).isEqualTo(1);
    }
  }

  private static void throwIfAny(AtomicReference<@Nullable Error> next) {
    Error error = next.getAndSet(null);
    if (error != null) {
      throw error;
    }
  }

  @Test
  void damage_that_is_found_behind_the_start_is_refused_by_name() throws Exception {
    RocksStoreOptions options =
        RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10).withCheckBytes(1);
    Ledger ledger = new Ledger(new Random(1));
    try (RocksStore store = RocksStore.open(directory, options, ledger.surroundings())) {
      ledger.write(store, 60);
    }
    Path file = flippedDataFile();
    // Either a compaction meets the damage while the store opens, or the verifier does behind it.
    StorageException refusal =
        catchThrowableOfType(
            StorageException.class,
            () -> {
              try (RocksStore store = RocksStore.open(directory, options)) {
                Awaitility.await().until(() -> !live(store));
                store.open(Ledger.ref(1), null);
              }
            });
    assertThat(refusal.retryable()).isFalse();
    assertThat(refusal)
        .hasMessageContaining(file.getFileName().toString())
        .hasMessageContaining("--accept-loss");
  }

  private static boolean live(RocksStore store) {
    try {
      store.open(Ledger.ref(1), null);
      return true;
    } catch (StorageException e) {
      return false;
    }
  }

  private Path flippedDataFile() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("rocksdb"))) {
      Path file =
          files.filter(f -> f.toString().endsWith(".sst")).sorted().findFirst().orElseThrow();
      try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
        bytes.seek(100);
        int old = bytes.read();
        bytes.seek(100);
        bytes.write(old ^ 1);
      }
      return file;
    }
  }
}
