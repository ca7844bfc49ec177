// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.StorageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

/** What follows when a loss is accepted. */
class LossAcceptedTest {
  private static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(256 << 10);

  @TempDir Path directory;
  private final Ledger ledger = new Ledger(new Random(7));

  private StoreLayout layout() {
    return new StoreLayout(directory);
  }

  private RocksStore open(RocksStoreOptions options) {
    return RocksStore.open(directory, options, ledger.surroundings());
  }

  /** A closed store of which all is in data files, but for its last commits. */
  private byte[] written() throws Exception {
    byte[] secret;
    try (RocksStore store = open(OPTIONS)) {
      ledger.write(store, 20);
      secret = store.namespaceSecret("Ledger");
    }
    try (RocksStore store = open(OPTIONS)) {
      ledger.write(store, 1);
    }
    return secret;
  }

  private void deleteDataFiles() throws IOException {
    try (Stream<Path> files = Files.list(layout().database())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".sst")).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void a_salvage_that_was_cut_short_goes_on_at_the_next_start() throws Exception {
    byte[] secret = written();
    deleteDataFiles();
    Surroundings real = Surroundings.real();
    Surroundings failing =
        new Surroundings(
            disk ->
                batch -> {
                  throw new RocksDBException("killed, as the test told it to");
                },
            real.usableBytes(),
            real.nanos(),
            real.random());
    assertThatThrownBy(
            () -> RocksStore.open(directory, OPTIONS.withAcceptLoss(true), failing).close())
        .hasMessageContaining("killed");

    try (RocksStore store = open(OPTIONS)) {
      assertThat(store.namespaceSecret("Ledger")).isEqualTo(secret);
      assertThat(store.directory().byId("Ledger", null, 100)).hasSize(Ledger.OBJECTS);
      assertThat(store.open(Ledger.ref(1), null).seq()).isPositive();
    }
  }

  @Test
  void what_is_cut_off_the_last_log_is_kept() throws Exception {
    written();
    Path log = layout().log(layout().latestLog());
    try (RandomAccessFile bytes = new RandomAccessFile(log.toFile(), "rw")) {
      bytes.seek(bytes.length() / 2);
      int old = bytes.read();
      bytes.seek(bytes.getFilePointer() - 1);
      bytes.write(old ^ 1);
    }
    byte[] damaged = Files.readAllBytes(log);

    open(OPTIONS.withAcceptLoss(true)).close();

    assertThat(layout().damaged().resolve(log.getFileName())).hasBinaryContent(damaged);
  }

  /** The logs that are begun after a loss was accepted tell of each other like all others. */
  @Test
  void the_next_loss_is_noticed_too() throws Exception {
    written();
    deleteDataFiles();
    Path copy = directory.resolveSibling(directory.getFileName() + "-copy");
    try (RocksStore store = open(OPTIONS.withAcceptLoss(true))) {
      try (Standstill _ = new Standstill(store)) {
        ledger.write(store, 80);
        Folders.copy(directory, copy);
      }
    }
    try {
      StoreLayout crashed = new StoreLayout(copy);
      List<Long> logs = crashed.logs();
      assertThat(logs).hasSizeGreaterThan(1);
      Path first = crashed.log(logs.get(logs.size() - 2));
      Files.delete(first);
      StorageException refusal =
          catchThrowableOfType(
              StorageException.class, () -> RocksStore.open(copy, OPTIONS).close());
      assertThat(refusal).hasMessageContaining(first.getFileName().toString());
    } finally {
      Folders.delete(copy);
    }
  }
}
