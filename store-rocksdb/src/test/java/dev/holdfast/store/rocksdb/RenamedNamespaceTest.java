// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.StorageException;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.Renames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Namespaces are renamed all or none, whenever the process is killed; and what one was called
 * before stays in the past, whatever is lost.
 */
class RenamedNamespaceTest {
  private static final int SMALL = 10;
  private static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10);
  private static final Renames SEVERAL = new Renames(Map.of("A", "X", "B", "Y", "C", "Z"));

  @TempDir Path folder;

  private static ObjectRef object(String namespace) {
    return new ObjectRef(namespace, Ledger.ref(1).id());
  }

  private static void fill(RocksStore store) {
    for (String namespace : SEVERAL.names().keySet()) {
      store.release(DeletionTest.fill(store, object(namespace), SMALL, "value").opening());
    }
  }

  private static void assertWhole(RocksStore store, List<String> namespaces) {
    assertThat(store.directory().namespaces()).isEqualTo(namespaces);
    for (String namespace : namespaces) {
      assertThat(DeletionTest.entries(store, object(namespace))).isEqualTo(SMALL);
    }
  }

  @Test
  void of_several_all_or_none_are_renamed_wherever_the_write_is_cut_off() throws Exception {
    Path live = folder.resolve("live");
    Path before = folder.resolve("before");
    Path log;
    int written;
    byte[] after;
    try (RocksStore store = RocksStore.open(live, OPTIONS)) {
      fill(store);
      try (Standstill _ = new Standstill(store)) {
        Folders.copy(live, before);
        StoreLayout layout = new StoreLayout(live);
        log = live.relativize(layout.log(layout.latestLog()));
        written = (int) Files.size(before.resolve(log));
        assertThat(store.renameNamespaces(SEVERAL)).isEqualTo(SEVERAL);
        after = Files.readAllBytes(live.resolve(log));
      }
    }
    assertThat(after.length).isGreaterThan(written + 3 * 32);

    int step = (after.length - written) / 12 + 1;
    for (int cut = written; cut < after.length; cut += step) {
      assertThat(namesAfterCrash(before, log, Arrays.copyOf(after, cut)))
          .as("%s of %s bytes", cut - written, after.length - written)
          .containsExactly("A", "B", "C");
    }
    assertThat(namesAfterCrash(before, log, after)).containsExactly("X", "Y", "Z");
  }

  private List<String> namesAfterCrash(Path before, Path log, byte[] content) throws Exception {
    Path crashed = folder.resolve("crashed");
    Folders.copy(before, crashed);
    Files.write(crashed.resolve(log), content);
    try (RocksStore store = RocksStore.open(crashed, OPTIONS)) {
      List<String> names = store.directory().namespaces();
      assertWhole(store, names);
      return names;
    } finally {
      Folders.delete(crashed);
    }
  }

  @Test
  void a_write_that_fails_and_is_on_disk_all_the_same_has_renamed_them() throws Exception {
    try (RocksPlace place = new RocksPlace();
        RocksStore store = place.open(OPTIONS)) {
      fill(store);
      place.failNextWrite(true);
      assertThat(store.renameNamespaces(SEVERAL)).isEqualTo(SEVERAL);
      assertWhole(store, List.of("X", "Y", "Z"));
    }
  }

  @Test
  void a_write_that_fails_and_is_not_on_disk_has_renamed_none_of_them() throws Exception {
    try (RocksPlace place = new RocksPlace();
        RocksStore store = place.open(OPTIONS)) {
      fill(store);
      place.failNextWrite(false);
      assertThatThrownBy(() -> store.renameNamespaces(SEVERAL))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("the disk failed, as the test told it to");
      assertWhole(store, List.of("A", "B", "C"));
      assertThat(store.renameNamespaces(SEVERAL)).isEqualTo(SEVERAL);
      assertWhole(store, List.of("X", "Y", "Z"));
    }
  }

  @Test
  void a_namespace_that_was_renamed_is_not_put_back_by_an_old_copy_of_its_name() throws Exception {
    Path mirror = new StoreLayout(folder).mirror().resolve("namespaces");
    byte[] copy;
    byte[] secret;
    Renames rename = new Renames(Map.of("Ledger", "Renamed"));
    try (RocksStore store = RocksStore.open(folder, OPTIONS)) {
      store.release(DeletionTest.fill(store, Ledger.ref(1), SMALL, "value").opening());
      secret = store.namespaceSecret("Ledger");
      copy = Files.readAllBytes(mirror);
      assertThat(store.renameNamespaces(rename)).isEqualTo(rename);
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
