// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.holdfast.StorageException;
import dev.holdfast.store.OpenedObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a data directory may look like when a store is opened in it. */
class DataDirectoryTest {
  @TempDir Path directory;

  private RocksStore open() {
    return RocksStore.open(directory, RocksStoreOptions.defaults());
  }

  private void commitOne() {
    try (RocksStore store = open()) {
      OpenedObject object = store.open(Ledger.ref(1), "a");
      RocksStoreTest.commit(
          store,
          RocksStoreTest.put(
              object.opening(), object.seq() + 1, object.generation().next(), "value"));
    }
  }

  @Test
  void a_directory_is_made_with_all_above_it() {
    Path deep = directory.resolve("a/b/c");
    RocksStore.open(deep, RocksStoreOptions.defaults()).close();
    assertThat(deep.resolve("mark")).exists();
  }

  @Test
  void only_its_owner_looks_into_a_directory_that_was_made_and_one_that_was_there_stays_as_it_was()
      throws IOException {
    Path made = directory.resolve("a/made");
    Path there = Files.createDirectory(directory.resolve("there"));
    Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("rwxr-x---"));
    for (Path each : List.of(made, there)) {
      RocksStore.open(each, RocksStoreOptions.defaults()).close();
      RocksStore.open(each, RocksStoreOptions.defaults()).close();
    }
    assertThat(permissions(made)).isEqualTo("rwx------");
    assertThat(permissions(there)).isEqualTo("rwxr-x---");
  }

  private static String permissions(Path folder) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
  }

  @Test
  void a_link_to_a_file_of_ours_does_not_make_a_store_ours() throws IOException {
    commitOne();
    assertThat(RocksStore.otherOwner(directory)).isEmpty();
    Path ours = Files.createFile(directory.resolve("ours"));
    Path mark = directory.resolve("mark");
    Files.delete(mark);
    Files.createSymbolicLink(mark, ours);
    assertThat(RocksStore.otherOwner(directory)).isEmpty();
    assumeThat(given(mark, 65_534)).as("only root can give files away").isTrue();
    assertThat(RocksStore.otherOwner(directory)).isPresent();
  }

  private static boolean given(Path path, int user) {
    try {
      Files.setAttribute(path, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void a_file_in_place_of_the_directory_is_refused_and_kept() throws IOException {
    Path file = Files.writeString(directory.resolve("notes.txt"), "keep me");
    assertThatThrownBy(() -> RocksStore.open(file, RocksStoreOptions.defaults()))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(file + " is a file; name a folder");
    assertThat(file).hasContent("keep me");
  }

  @Test
  void a_directory_of_somebody_else_is_refused_and_left_as_it_is_whatever_lies_in_it()
      throws IOException {
    for (String own : List.of("notes.txt", "mark", "rocksdb/CURRENT", "restore.partial/file")) {
      Path foreign = directory.resolve("with " + own.replace('/', ' '));
      for (String file :
          List.of(own, "lock", "checkpoint/rocksdb/CURRENT", "restore.done", "native/a")) {
        Path written = foreign.resolve(file);
        Files.createDirectories(Objects.requireNonNull(written.getParent()));
        Files.writeString(written, "precious");
      }
      List<String> before = files(foreign);
      assertThatThrownBy(() -> RocksStore.open(foreign, RocksStoreOptions.defaults()))
          .as(own)
          .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.retryable()).isFalse())
          .hasMessageContaining(foreign.toString());
      assertThat(files(foreign)).isEqualTo(before);
    }
  }

  @Test
  void a_directory_that_is_neither_a_store_nor_empty_is_refused_with_what_was_found()
      throws IOException {
    Files.createDirectory(directory.resolve("checkpoint"));
    Files.writeString(directory.resolve("lock"), "precious");
    for (boolean acceptLoss : List.of(false, true)) {
      assertThatThrownBy(
              () ->
                  RocksStore.open(
                      directory, RocksStoreOptions.defaults().withAcceptLoss(acceptLoss)))
          .isInstanceOf(StorageException.class)
          .hasMessage(
              "cannot open a store in %s: expected a data directory of Holdfast, or a folder that is"
                      .formatted(directory.toRealPath())
                  + " empty or not there, found [checkpoint] in it; name another folder, or move"
                  + " away what is in this one");
    }
    assertThat(files(directory)).containsExactly("", "checkpoint", "lock precious");
  }

  @Test
  void what_a_first_start_left_that_was_killed_keeps_no_store_from_its_place() throws IOException {
    Files.createDirectory(directory.resolve("lost+found"));
    // Versions of before unpacked the library first, and made the mark file then.
    Files.createDirectories(directory.resolve("native/rocksdb-00c0ffee"));
    for (String file :
        List.of("lock", "mark.partial", ".unfinished", "native/rocksdb-00c0ffee/unpacking1.tmp")) {
      Files.createFile(directory.resolve(file));
    }
    commitOne();
    open().close();
  }

  @Test
  void what_begins_with_a_dot_keeps_no_store_from_its_place_and_stays() throws IOException {
    for (String file : List.of(".gitignore", ".DS_Store", ".snapshot/old", ".holdfast-2/mine")) {
      Path written = directory.resolve(file);
      Files.createDirectories(Objects.requireNonNull(written.getParent()));
      Files.writeString(written, "precious");
    }
    Files.createDirectory(directory.resolve(".trashcan"));
    List<String> before = hidden();
    commitOne();
    open().close();
    assertThat(hidden()).isEqualTo(before);
  }

  private List<String> hidden() throws IOException {
    List<String> all = new ArrayList<>();
    for (Path path : StoreLayout.list(directory, ".*")) {
      all.add(path.getFileName().toString());
      all.addAll(files(path));
    }
    return all;
  }

  @Test
  void a_directory_that_somebody_has_is_in_use_whatever_is_missing_there() throws IOException {
    try (RocksStore _ = open()) {
      Files.delete(directory.resolve("mark"));
      assertThatThrownBy(this::open)
          .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.retryable()).isTrue())
          .hasMessageContaining("it is in use by this process");
    }
    assertThatThrownBy(this::open).hasMessageContaining("mark is missing");
  }

  /** All paths, and the content of files. */
  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      List<String> all = new ArrayList<>();
      for (Path path : found.sorted().toList()) {
        String name = folder.relativize(path).toString();
        all.add(Files.isDirectory(path) ? name : name + " " + Files.readString(path));
      }
      return all;
    }
  }

  @Test
  void a_second_store_in_the_same_process_is_refused_and_harms_nothing() {
    try (RocksStore store = open()) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(this::open)
            .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.retryable()).isTrue())
            .hasMessageContaining(directory.toString())
            .hasMessageContaining("by this process");
      }
      assertThat(store.open(Ledger.ref(1), "a").seq()).isZero();
    }
    open().close();
  }

  @Test
  void a_newer_format_is_refused_with_both_versions() throws IOException {
    commitOne();
    for (int slot = 0; slot < 2; slot++) {
      patchFormat(slot, MarkFile.FORMAT + 6);
    }
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.retryable()).isFalse())
        .hasMessageContaining("format " + (MarkFile.FORMAT + 6))
        .hasMessageContaining("up to " + MarkFile.FORMAT);
  }

  private void patchFormat(int slot, int format) throws IOException {
    try (FileChannel mark =
        FileChannel.open(
            directory.resolve("mark"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.allocate(44);
      mark.read(bytes, slot * 4096L);
      bytes.putInt(8, format);
      CRC32C crc = new CRC32C();
      crc.update(bytes.slice(0, 40));
      bytes.putInt(40, (int) crc.getValue()).rewind();
      mark.write(bytes, slot * 4096L);
    }
  }

  @Test
  void a_missing_mark_file_is_refused_and_made_anew_when_the_loss_is_accepted() throws IOException {
    commitOne();
    Files.delete(directory.resolve("mark"));
    assertThatThrownBy(this::open)
        .hasMessageContaining("mark is missing")
        .hasMessageContaining("--accept-loss");
    try (RocksStore store =
        RocksStore.open(directory, RocksStoreOptions.defaults().withAcceptLoss(true))) {
      assertThat(store.open(Ledger.ref(1), "a").seq()).isEqualTo(1);
    }
    open().close();
  }

  @Test
  void one_half_of_the_mark_file_is_enough() throws IOException {
    commitOne();
    try (FileChannel mark = FileChannel.open(directory.resolve("mark"), StandardOpenOption.WRITE)) {
      mark.write(ByteBuffer.wrap(new byte[44]), 0);
    }
    try (RocksStore store = open()) {
      assertThat(store.open(Ledger.ref(1), "a").seq()).isEqualTo(1);
    }
  }

  @Test
  void a_directory_whose_making_was_cut_short_is_made_anew() throws IOException {
    MarkFile.create(directory.resolve("mark"), false).close();
    Files.createDirectories(directory.resolve("rocksdb"));
    Files.write(directory.resolve("rocksdb/CURRENT"), new byte[] {1, 2, 3});
    commitOne();
    try (RocksStore store = open()) {
      assertThat(store.open(Ledger.ref(1), "a").seq()).isEqualTo(1);
    }
  }

  @Test
  void a_database_that_is_gone_is_refused() throws IOException {
    commitOne();
    Folders.delete(directory.resolve("rocksdb"));
    Folders.delete(directory.resolve("mirror"));
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.retryable()).isFalse())
        .hasMessageContaining("rocksdb");
  }

  @Test
  void a_damaged_mark_file_is_refused_also_when_nothing_else_is_left() throws IOException {
    Files.write(directory.resolve("mark"), new byte[100]);
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.retryable()).isFalse())
        .hasMessageContaining("mark is damaged");
  }

  @Test
  void the_epoch_grows_with_every_opening() {
    long epoch = 0;
    for (int i = 0; i < 3; i++) {
      try (RocksStore store = open()) {
        long now = store.open(Ledger.ref(1), "a").opening().epoch();
        assertThat(now).isGreaterThan(epoch);
        epoch = now;
      }
    }
  }

  @Test
  void closing_twice_is_closing_once() {
    RocksStore store = open();
    store.close();
    store.close();
    assertThat(List.of(directory.resolve("mark"), directory.resolve("mirror")))
        .allSatisfy(path -> assertThat(path).exists());
  }
}
