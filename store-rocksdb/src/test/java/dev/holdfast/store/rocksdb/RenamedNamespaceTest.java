// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.store.ObjectRef;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a namespace was called before stays in the past, whatever is lost. */
class RenamedNamespaceTest {
  private static final int SMALL = 10;
  private static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10);

  @TempDir Path folder;

  @Test
  void a_namespace_that_was_renamed_is_not_put_back_by_an_old_copy_of_its_name() throws Exception {
    Path mirror = new StoreLayout(folder).mirror().resolve("namespaces");
    byte[] copy;
    byte[] secret;
    try (RocksStore store = RocksStore.open(folder, OPTIONS)) {
      store.release(DeletionTest.fill(store, Ledger.ref(1), SMALL, "value").opening());
      secret = store.namespaceSecret("Ledger");
      copy = Files.readAllBytes(mirror);
      assertThat(store.renameNamespace("Ledger", "Renamed")).isTrue();
      assertThat(Files.readAllBytes(mirror)).isNotEqualTo(copy);
    }
    // Moves what the log holds to data files.
    RocksStore.open(folder, OPTIONS).close();
    // As if it was killed after the rename was durable, and before the copy was written anew.
    Files.write(mirror, copy);
    Path log = new StoreLayout(folder).log(new StoreLayout(folder).latestLog());
    Files.delete(log);
    try (RocksStore store = RocksStore.open(folder, OPTIONS.withAcceptLoss(true))) {
      assertThat(store.directory().namespaces()).containsExactly("Renamed");
      assertThat(store.namespaceSecret("Renamed")).isEqualTo(secret);
      assertThat(DeletionTest.entries(store, new ObjectRef("Renamed", Ledger.ref(1).id())))
          .isEqualTo(SMALL);
    }
  }
}
