// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

/** What follows when the loss of the manifest and its copy is accepted. */
class ManifestLostTest {
  private static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(256 << 10);

  @TempDir Path directory;
  private final Ledger ledger = new Ledger(new Random(11));

  private StoreLayout layout() {
    return new StoreLayout(directory);
  }

  private RocksStore open(boolean acceptLoss) {
    return RocksStore.open(directory, OPTIONS.withAcceptLoss(acceptLoss), ledger.surroundings());
  }

  /** A closed store with data files and a log; its secret. */
  private byte[] written() throws Exception {
    byte[] secret;
    for (int i = 0; i < 3; i++) {
      try (RocksStore store = open(false)) {
        ledger.write(store, 20);
      }
    }
    try (RocksStore store = open(false)) {
      secret = store.namespaceSecret("Ledger");
    }
    return secret;
  }

  private List<Path> manifests() throws IOException {
    List<Path> all = new ArrayList<>(StoreLayout.manifests(layout().database()));
    all.addAll(StoreLayout.manifests(layout().mirror()));
    assertThat(all).hasSizeGreaterThan(1);
    return all;
  }

  private Map<String, byte[]> dataFiles() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (Path file : StoreLayout.list(layout().database(), "*.sst")) {
      files.put(file.getFileName().toString(), Files.readAllBytes(file));
    }
    assertThat(files).isNotEmpty();
    return files;
  }

  private void putAside(Map<String, byte[]> files) {
    assertThat(files)
        .allSatisfy(
            (name, bytes) -> assertThat(layout().damaged().resolve(name)).hasBinaryContent(bytes));
  }

  private void refused() {
    assertThatThrownBy(() -> open(false).close()).hasMessageContaining("--accept-loss");
  }

  private void acceptedLossOpensEmpty() throws Exception {
    try (RocksStore store = open(true)) {
      assertThat(store.directory().byId("Ledger", null, 100)).isEmpty();
      ledger.write(store, 1);
    }
    try (RocksStore store = open(false)) {
      assertThat(store.directory().byId("Ledger", null, 100)).hasSize(Ledger.OBJECTS);
      assertThat(store.open(Ledger.ref(1), null).seq()).isEqualTo(1);
    }
  }

  @Test
  void a_folder_that_is_gone_is_made_anew() throws Exception {
    written();
    Folders.delete(layout().database());
    Folders.delete(layout().mirror());
    refused();
    acceptedLossOpensEmpty();
  }

  @Test
  void a_folder_that_is_gone_is_made_anew_also_with_a_damaged_mark() throws Exception {
    written();
    Folders.delete(layout().database());
    Folders.delete(layout().mirror());
    Files.write(layout().mark(), new byte[100]);
    refused();
    acceptedLossOpensEmpty();
  }

  @Test
  void files_without_any_manifest_are_put_aside() throws Exception {
    byte[] secret = written();
    Map<String, byte[]> before = dataFiles();
    for (Path manifest : manifests()) {
      Files.write(manifest, new byte[(int) Files.size(manifest)]);
    }
    refused();
    acceptedLossOpensEmpty();
    putAside(before);
    try (RocksStore store = open(false)) {
      assertThat(store.namespaceSecret("Ledger")).isEqualTo(secret);
    }
  }

  @Test
  void files_are_put_aside_also_without_current() throws Exception {
    written();
    Map<String, byte[]> before = dataFiles();
    Files.delete(layout().current());
    for (Path manifest : manifests()) {
      Files.delete(manifest);
    }
    refused();
    acceptedLossOpensEmpty();
    putAside(before);
  }

  /** RocksDB deletes data files that the manifest does not name. */
  @Test
  void what_a_damaged_manifest_names_no_more_is_put_aside() throws Exception {
    written();
    Map<String, byte[]> before = dataFiles();
    for (Path manifest : manifests()) {
      damageTheRecordOfTheLastDataFile(manifest);
    }
    refused();
    open(true).close();
    assertThat(layout().damaged().resolve(last(before))).hasBinaryContent(before.get(last(before)));
    open(false).close();
  }

  private static String last(Map<String, byte[]> files) {
    return List.copyOf(files.keySet()).getLast();
  }

  private void damageTheRecordOfTheLastDataFile(Path manifest) throws IOException {
    byte[] whole = Files.readAllBytes(manifest);
    Path part = directory.resolve("part");
    int files = Manifest.read(manifest).files().size();
    int end = whole.length;
    Manifest before;
    do {
      end--;
      Files.write(part, Arrays.copyOf(whole, end));
      before = Manifest.read(part);
    } while (before.files().size() >= files);
    assertThat(before.isUsable()).isTrue();
    whole[end] ^= 1;
    Files.write(manifest, whole);
  }

  @Test
  void a_manifest_of_which_only_the_beginning_is_left_is_none() throws Exception {
    written();
    Map<String, byte[]> before = dataFiles();
    for (Path manifest : manifests()) {
      byte[] bytes = Files.readAllBytes(manifest);
      int firstRecord = 7 + (bytes[4] & 0xff) + 256 * (bytes[5] & 0xff);
      Arrays.fill(bytes, firstRecord, bytes.length, (byte) 1);
      Files.write(manifest, bytes);
    }
    refused();
    acceptedLossOpensEmpty();
    putAside(before);
  }

  /** The mark names a log that the new database does not have yet. */
  @Test
  void a_start_that_was_cut_short_needs_the_option_again() throws Exception {
    written();
    Map<String, byte[]> before = dataFiles();
    for (Path manifest : manifests()) {
      Files.write(manifest, new byte[0]);
    }
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
    refused();
    acceptedLossOpensEmpty();
    putAside(before);
  }
}
