// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The log is switched by a backup too, on its own thread: also between the write of a batch and the
 * moment at which the committer asks for the number of the log that the batch went to.
 */
class BackupFlushTest {
  @TempDir Path folder;

  @Test
  void a_log_that_a_backup_switches_right_after_a_write_is_not_taken_for_a_loss() throws Exception {
    Path data = folder.resolve("live");
    AtomicReference<@Nullable RocksStore> open = new AtomicReference<>();
    AtomicInteger number = new AtomicInteger();
    Surroundings real = Surroundings.real();
    Surroundings switching =
        new Surroundings(
            disk ->
                batch -> {
                  long sequence = disk.write(batch);
                  RocksStore store = open.get();
                  if (store != null) {
                    // What a backup does at the same time, on another thread.
                    store
                        .database()
                        .checkpoint(folder.resolve("checkpoint " + number.incrementAndGet()));
                  }
                  return sequence;
                },
            real.usableBytes(),
            real.nanos(),
            real.random());
    Ledger ledger = new Ledger(new Random(1));
    try (RocksStore store = RocksStore.open(data, RocksStoreOptions.defaults(), switching)) {
      open.set(store);
      StoreLayout layout = new StoreLayout(data);
      do {
        ledger.write(store, 1);
      } while (!isCompacted(layout) && number.get() < 40);
      open.set(null);
      assertThat(isCompacted(layout)).as("a compaction has moved all to the bottom").isTrue();
      store.backup(folder.resolve("taken"));
    }
    List<Ledger.Confirmed> confirmed = ledger.confirmed();
    RocksStore.restore(folder.resolve("taken"), folder.resolve("restored"));
    try (RocksStore store =
        RocksStore.open(folder.resolve("restored"), RocksStoreOptions.defaults())) {
      assertThat(Ledger.missing(store, confirmed)).isEmpty();
    }
    try (RocksStore store = RocksStore.open(data, RocksStoreOptions.defaults())) {
      assertThat(Ledger.missing(store, confirmed)).isEmpty();
    }
  }

  /** Whether within a moment no data file is left whose sequence numbers reach to the mark. */
  private static boolean isCompacted(StoreLayout layout) throws IOException {
    long end = System.nanoTime() + 500_000_000L;
    while (System.nanoTime() < end) {
      MarkFile.Mark mark = MarkFile.read(layout.mark());
      Path manifest = layout.database().resolve(Files.readString(layout.current()).strip());
      Manifest found = Manifest.read(manifest);
      long reached =
          found.files().stream().mapToLong(Manifest.DataFile::lastSequence).max().orElse(0);
      if (mark != null && reached < mark.sequence()) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }
}
