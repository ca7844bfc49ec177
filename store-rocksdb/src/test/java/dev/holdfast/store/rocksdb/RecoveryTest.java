// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

/** Openings that fail, or follow on ones that failed. */
class RecoveryTest {
  @TempDir Path directory;
  private final AtomicLong nanos = new AtomicLong();

  private Surroundings surroundings(java.util.function.UnaryOperator<BatchWriter> writes) {
    Surroundings real = Surroundings.real();
    return new Surroundings(writes, real.usableBytes(), nanos::get, real.random());
  }

  /**
   * A compaction that leaves nothing below it forgets which sequence numbers its entries had. So
   * after an opening that got no further than that, the files no longer tell how far they reach.
   */
  @Test
  void a_store_that_could_not_be_opened_for_a_while_has_lost_nothing() throws Exception {
    AtomicBoolean failing = new AtomicBoolean();
    Surroundings surroundings =
        surroundings(
            disk ->
                batch -> {
                  if (failing.get()) {
                    awaitCompaction();
                    throw new RocksDBException("no write reaches the disk");
                  }
                  return disk.write(batch);
                });
    Ledger ledger = new Ledger(new Random(3));
    // Each opening writes what the one before left in its log to a data file; four are compacted.
    for (int i = 0; i < 3; i++) {
      try (RocksStore store =
          RocksStore.open(directory, RocksStoreOptions.defaults(), ledger.surroundings())) {
        ledger.write(store, 3);
      }
    }
    try (RocksStore store =
        RocksStore.open(directory, RocksStoreOptions.defaults(), surroundings)) {
      ledger.write(store, 3);
      failing.set(true);
      assertThatThrownBy(() -> store.namespaceSecret("another"))
          .isInstanceOf(StorageException.class);
      for (int attempt = 0; attempt < 4; attempt++) {
        assertThatThrownBy(() -> store.open(Ledger.ref(1), null))
            .isInstanceOfSatisfying(
                StorageException.class, e -> assertThat(e.retryable()).as(e.getMessage()).isTrue());
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
      }
      failing.set(false);
      assertThat(Ledger.missing(store, ledger.confirmed())).isEmpty();
    }
  }

  /** Waits until RocksDB has done what it always does when there are four files at the top. */
  private void awaitCompaction() {
    StoreLayout layout = new StoreLayout(directory);
    Awaitility.await()
        .until(
            () -> {
              Path manifest = StoreLayout.manifests(layout.database()).getLast();
              return Manifest.read(manifest).files().stream().filter(f -> f.level() == 0).count()
                  < 4;
            });
  }

  @Test
  void an_error_on_the_way_is_told_and_the_next_opening_finds_the_database_free() {
    AtomicReference<@Nullable Error> next = new AtomicReference<>();
    AtomicBoolean failing = new AtomicBoolean();
    Surroundings surroundings =
        surroundings(
            disk ->
                batch -> {
                  Error error = next.getAndSet(null);
                  if (error != null) {
                    throw error;
                  }
                  if (failing.get()) {
                    throw new RocksDBException("no write reaches the disk");
                  }
                  return disk.write(batch);
                });
    try (RocksStore store =
        RocksStore.open(directory, RocksStoreOptions.defaults(), surroundings)) {
      failing.set(true);
      assertThatThrownBy(() -> store.namespaceSecret("a")).isInstanceOf(StorageException.class);
      failing.set(false);
      next.set(new OutOfMemoryError("as the test told it to"));

      assertThatThrownBy(() -> store.open(Ledger.ref(1), null))
          .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.retryable()).isTrue())
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("as the test told it to");
      nanos.addAndGet(Duration.ofSeconds(10).toNanos());
      assertThat(store.open(Ledger.ref(1), null).seq()).isZero();
    }
  }

  @Test
  void a_manifest_is_not_replaced_by_a_copy_that_is_damaged() throws Exception {
    try (RocksStore store =
        RocksStore.open(directory, RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10))) {
      new Ledger(new Random(5)).write(store, 60);
    }
    StoreLayout layout = new StoreLayout(directory);
    Path copy = StoreLayout.manifests(layout.mirror()).getLast();
    Path original = layout.database().resolve(copy.getFileName());
    byte[] whole = Files.readAllBytes(copy);
    Files.delete(original);
    flip(copy, whole.length / 3);

    StorageException refusal =
        catchThrowableOfType(
            StorageException.class,
            () -> RocksStore.open(directory, RocksStoreOptions.defaults()).close());

    assertThat(refusal)
        .hasMessageContaining(original.getFileName().toString())
        .hasMessageContaining("--accept-loss");
    assertThat(original).as("nothing is changed in a damaged directory").doesNotExist();
  }

  private static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 1;
    Files.write(file, bytes);
  }
}
