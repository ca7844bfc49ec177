// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.View;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is nearly full: commits are refused, reads go on, and service resumes by itself. */
class DiskReserveTest {
  @TempDir Path directory;
  private final AtomicLong usable = new AtomicLong(1L << 40);
  private final AtomicLong nanos = new AtomicLong();

  private RocksStore open() {
    Surroundings real = Surroundings.real();
    return RocksStore.open(
        directory,
        RocksStoreOptions.defaults(),
        new Surroundings(UnaryOperator.identity(), usable::get, nanos::get, real.random()));
  }

  @Test
  void while_space_is_short_commits_are_refused_and_reads_go_on() {
    try (RocksStore store = open()) {
      OpenedObject object = store.open(Ledger.ref(1), "a");
      RocksStoreTest.commit(
          store, RocksStoreTest.put(object.opening(), 1, Generation.ofSecond(1), "one"));
      usable.set(1 << 20);
      nanos.addAndGet(Duration.ofSeconds(2).toNanos());

      assertThatThrownBy(
              () ->
                  RocksStoreTest.commit(
                      store,
                      RocksStoreTest.put(object.opening(), 2, Generation.ofSecond(1), "two")))
          .isInstanceOfSatisfying(
              StorageException.class,
              e -> {
                assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                assertThat(e.retryable()).isTrue();
              })
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("nearly full");
      assertThat(store.get(Ledger.ref(1), EntryKey.user("key"), View.current())).isNotNull();

      usable.set(1L << 40);
      OpenedObject again = store.open(Ledger.ref(1), "a");
      assertThat(again.seq()).isEqualTo(1);
      RocksStoreTest.commit(
          store, RocksStoreTest.put(again.opening(), 2, Generation.ofSecond(1), "two"));
    }
  }
}
