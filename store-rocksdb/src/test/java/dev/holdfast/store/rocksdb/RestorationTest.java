// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is restored, where to, and what is refused. */
class RestorationTest {
  private static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10);

  @TempDir Path folder;
  private final Ledger ledger = new Ledger(new Random(11));
  private Path backup;
  private Path data;

  @BeforeEach
  void takeBackup() throws Exception {
    backup = folder.resolve("backup");
    data = folder.resolve("data");
    Path live = folder.resolve("live");
    try (RocksStore store = RocksStore.open(live, OPTIONS, ledger.surroundings())) {
      ledger.write(store, 60);
      store.backup(backup);
    }
    Folders.delete(live);
  }

  private void requireAll(Path at) {
    try (RocksStore store = RocksStore.open(at, OPTIONS)) {
      assertThat(Ledger.missing(store, ledger.confirmed())).isEmpty();
    }
  }

  @Test
  void folders_above_the_data_directory_are_made() {
    Path deep = folder.resolve("app/.holdfast/my data");
    BackupReport report = RocksStore.restore(backup, deep);
    assertThat(report.folder()).isEqualTo(deep);
    requireAll(deep);
    assertThat(Folders.names(folder.resolve("app/.holdfast"))).containsExactly("my data");
  }

  @Test
  void a_backup_can_be_restored_twice_and_is_not_changed() throws Exception {
    List<String> before = fingerprint(backup);
    RocksStore.restore(backup, data);
    RocksStore.restore(backup, folder.resolve("second"));
    requireAll(data);
    requireAll(folder.resolve("second"));
    assertThat(fingerprint(backup)).isEqualTo(before);
  }

  /** Has something happen at a step. */
  private static Backups.Steps at(String step, Action action) {
    return reached -> {
      if (reached.equals(step)) {
        try {
          action.run();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  private interface Action {
    void run() throws IOException;
  }

  @Test
  void what_comes_into_an_empty_folder_behind_the_check_is_refused_and_left() throws Exception {
    Files.createDirectory(data);
    assertThatThrownBy(
            () ->
                RocksStore.restore(
                    backup,
                    data,
                    at("verified", () -> Files.writeString(data.resolve("mine"), "x"))))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("found [mine] in it");
    assertThat(Folders.names(data)).containsExactly("mine");
  }

  @Test
  void what_cannot_be_taken_away_when_all_is_in_place_fails_no_restore() throws Exception {
    Path mark = data.resolve(GrowingFolder.MARK);
    Path content = mark.resolve("cannot be deleted");
    RocksStore.restore(
        backup,
        data,
        at(
            "in place",
            () -> {
              Files.delete(mark);
              Files.createDirectories(content);
            }));
    assertThat(mark).isDirectory();
    Files.delete(content);
    requireAll(data);
    assertThat(mark).doesNotExist();
  }

  @Test
  void a_disk_that_fails_when_all_is_moved_is_not_said_to_have_nothing() throws Exception {
    Path parent = folder.resolve("disk");
    Path away = folder.resolve("away");
    for (Path to : List.of(parent.resolve("new"), parent)) {
      Files.createDirectory(parent);
      assertThatThrownBy(
              () -> RocksStore.restore(backup, to, at("moved", () -> Files.move(parent, away))))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN))
          .hasMessageContaining(to + " is whole and in place, but then the disk failed");
      Files.move(away, parent);
      requireAll(to);
      Folders.delete(parent);
    }
  }

  @Test
  void an_empty_folder_is_filled_and_stays_the_same_folder() throws Exception {
    Files.createDirectory(data);
    Files.createDirectory(data.resolve("lost+found"));
    Object before = Files.readAttributes(data, "unix:ino").get("ino");

    RocksStore.restore(backup, data);

    assertThat(Files.readAttributes(data, "unix:ino").get("ino")).isEqualTo(before);
    requireAll(data);
    assertThat(data.resolve("restore.partial")).doesNotExist();
  }

  @Test
  void a_folder_that_has_only_names_with_a_dot_and_what_a_first_start_left_is_empty()
      throws Exception {
    for (String file : List.of(".gitkeep", ".snapshot/old", "native/rocksdb-1/a", "mark.partial")) {
      Path written = data.resolve(file);
      Files.createDirectories(Objects.requireNonNull(written.getParent()));
      Files.writeString(written, "precious");
    }
    List<String> before = fingerprint(data);
    for (String step : List.of("folder", "moved rocksdb")) {
      assertThatThrownBy(
              () ->
                  RocksStore.restore(
                      backup,
                      data,
                      at(
                          step,
                          () -> {
                            throw new IOException("as the test told it to");
                          })))
          .hasMessageContaining("as the test told it to");
      Files.delete(data.resolve("lock"));
      assertThat(fingerprint(data)).as(step).isEqualTo(before);
    }

    RocksStore.restore(backup, data);

    assertThat(fingerprint(data)).containsAll(before);
    requireAll(data);
    assertThat(data.resolve(".gitkeep")).hasContent("precious");
    assertThat(data.resolve(".snapshot/old")).hasContent("precious");
  }

  @Test
  void a_folder_with_something_in_it_is_refused_and_left_as_it_is() throws Exception {
    Files.createDirectory(data);
    Files.writeString(data.resolve("mine"), "x");
    assertThatThrownBy(() -> RocksStore.restore(backup, data))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("cannot restore into " + data)
        .hasMessageContaining("[mine]")
        .hasMessageContaining("move the folder away, or name another");
    assertThat(Folders.names(data)).containsExactly("mine");

    Path store = folder.resolve("store");
    RocksStore.open(store, OPTIONS).close();
    List<String> before = fingerprint(store);
    assertThatThrownBy(() -> RocksStore.restore(backup, store))
        .hasMessageContaining("expected a folder that is empty or not there, found [");
    assertThat(fingerprint(store)).isEqualTo(before);

    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> RocksStore.restore(backup, file)).hasMessageContaining("it is a file");
    assertThatThrownBy(() -> RocksStore.restore(backup, backup.resolve("data")))
        .hasMessageContaining("in the backup itself");
    assertThatThrownBy(() -> RocksStore.restore(backup, backup))
        .isInstanceOf(StorageException.class);
  }

  @Test
  void the_data_directory_of_an_open_store_is_refused() {
    try (RocksStore _ = RocksStore.open(data, OPTIONS)) {
      assertThatThrownBy(() -> RocksStore.restore(backup, data))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("stop the node that runs there");
    }
  }

  @Test
  void a_data_directory_that_is_being_restored_into_is_in_use() throws Exception {
    Files.createDirectory(data);
    List<String> reached = new ArrayList<>();
    RocksStore.restore(
        backup,
        data,
        step -> {
          if (List.of("folder", "complete", "moved rocksdb").contains(step)) {
            reached.add(step);
            assertThatThrownBy(() -> RocksStore.open(data, OPTIONS))
                .as(step)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("it is in use by this process");
          }
        });
    assertThat(reached).containsExactly("folder", "complete", "moved rocksdb");
    requireAll(data);
  }

  @Test
  void a_flipped_byte_in_any_file_is_found_and_named() throws Exception {
    Random random = new Random(5);
    for (Path file : files()) {
      long size = Files.size(file);
      for (long at : new long[] {0, size / 2, size - 1, random.nextLong(size)}) {
        byte[] good = Files.readAllBytes(file);
        flip(file, at, 1 << random.nextInt(8));
        assertRefused(file, "damaged");
        Files.write(file, good);
      }
    }
    RocksStore.restore(backup, data);
  }

  @Test
  void a_file_that_is_shorter_or_longer_or_missing_is_found_and_named() throws Exception {
    for (Path file : files()) {
      byte[] good = Files.readAllBytes(file);
      boolean manifest = file.getFileName().toString().equals("backup.sha256");
      for (int length : new int[] {0, 1, good.length / 2, good.length - 1, good.length + 1}) {
        if (length != good.length) {
          Files.write(file, Arrays.copyOf(good, length));
          assertRefused(
              file,
              manifest ? "damaged" : "has %d bytes instead of %d".formatted(length, good.length));
        }
      }
      Files.delete(file);
      if (manifest) {
        assertRefused(file, "is not a backup: it has no file backup.sha256");
      } else {
        assertRefused(file, "is missing");
      }
      Files.createDirectory(file);
      assertThatThrownBy(() -> RocksStore.restore(backup, data))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(backup.relativize(file).toString());
      Files.delete(file);
      Files.write(file, good);
    }
    RocksStore.restore(backup, data);
  }

  private void assertRefused(Path file, String how) {
    assertThatThrownBy(() -> RocksStore.restore(backup, data))
        .as(file.toString())
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.retryable()).isFalse())
        .hasMessageContaining(backup.toString())
        .hasMessageContaining(backup.relativize(file).toString())
        .hasMessageContaining(how);
    assertThat(Folders.names(folder)).as("nothing was made").containsExactly("backup");
  }

  @Test
  void a_link_in_the_place_of_a_file_is_not_followed() throws Exception {
    Path mark = backup.resolve("mark");
    Path away = folder.resolve("away");
    Files.move(mark, away);
    Files.createSymbolicLink(mark, away);
    assertThatThrownBy(() -> RocksStore.restore(backup, data))
        .hasMessageContaining("mark is not a file");
  }

  @Test
  void damage_between_the_check_and_the_copy_is_found_too() {
    assertThatThrownBy(
            () ->
                RocksStore.restore(
                    backup,
                    data,
                    step -> {
                      if (step.equals("verified")) {
                        flip(backup.resolve("mark"), 3, 1);
                      }
                    }))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("mark is damaged");
    assertThat(Folders.names(folder)).containsExactly("backup");
  }

  @Test
  void what_was_never_a_backup_is_refused_as_what_it_is() throws Exception {
    Path none = folder.resolve("none");
    assertThatThrownBy(() -> RocksStore.restore(none, data))
        .isInstanceOf(StorageException.class)
        .hasMessage(
            none
                + " is not a backup: there is no such folder; name a folder that holdfast backup has"
                + " made");
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> RocksStore.restore(file, data)).hasMessageContaining("it is a file");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> RocksStore.restore(empty, data))
        .hasMessageContaining("it has no file backup.sha256; name");
    Path store = folder.resolve("store");
    RocksStore.open(store, OPTIONS).close();
    assertThatThrownBy(() -> RocksStore.restore(store, data))
        .hasMessageContaining("it is a data directory, or a backup that was not finished");
    assertThat(data).doesNotExist();
  }

  @Test
  void a_backup_of_a_later_version_is_refused() throws Exception {
    rewrite(text -> text.replace("format 1\n", "format 2\n"));
    assertThatThrownBy(() -> RocksStore.restore(backup, data))
        .hasMessageContaining("it has the format 2, and this version of Holdfast reads format 1");

    rewrite(text -> text.replace("format 2\n", "format 1\n"));
    byte[] mark = Files.readAllBytes(backup.resolve("mark"));
    for (int slot : new int[] {0, 4096}) {
      CRC32C crc = new CRC32C();
      ByteBuffer.wrap(mark).putInt(slot + 8, MarkFile.FORMAT + 1);
      crc.update(mark, slot, 40);
      ByteBuffer.wrap(mark).putInt(slot + 40, (int) crc.getValue());
    }
    String old = CheckedCopy.checksum(backup.resolve("mark"));
    Files.write(backup.resolve("mark"), mark);
    rewrite(text -> text.replace(old, CheckedCopy.checksum(mark)));
    assertThatThrownBy(() -> RocksStore.restore(backup, data))
        .hasMessageContaining(
            "has the format %d, and this version of Holdfast reads formats up to %d"
                .formatted(MarkFile.FORMAT + 1, MarkFile.FORMAT));
    assertThat(data).doesNotExist();
  }

  @Test
  void a_list_that_leads_elsewhere_or_nowhere_is_refused() throws Exception {
    String good = Files.readString(backup.resolve("backup.sha256"), ISO_8859_1);
    for (String name :
        List.of("../mark", "/etc/passwd", "rocksdb/../../x", "rocksdb/a/b", "rocksdb/..", "lock")) {
      Files.writeString(backup.resolve("backup.sha256"), good, ISO_8859_1);
      rewrite(text -> text.replace("  mirror/namespaces\n", "  " + name + "\n"));
      assertThatThrownBy(() -> RocksStore.restore(backup, data))
          .as(name)
          .hasMessageContaining("does not describe a store");
    }
    for (String line : List.of("  mark\n", "  rocksdb/CURRENT\n")) {
      Files.writeString(backup.resolve("backup.sha256"), good, ISO_8859_1);
      rewrite(text -> text.replaceFirst("# \\d+ bytes\n[0-9a-f]+" + line, ""));
      assertThatThrownBy(() -> RocksStore.restore(backup, data))
          .as("without" + line)
          .hasMessageContaining("does not describe a store");
    }
    assertThat(Folders.names(folder)).containsExactly("backup");
  }

  @Test
  void a_list_of_any_bytes_is_refused_and_never_more() throws Exception {
    Path list = backup.resolve("backup.sha256");
    byte[] good = Files.readAllBytes(list);
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      byte[] bad = random.nextBoolean() ? good.clone() : new byte[random.nextInt(300)];
      for (int change = 0; change <= random.nextInt(4) && bad.length > 0; change++) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
      }
      Files.write(list, bad);
      // A change that undoes the one before leaves the good one.
      if (!Arrays.equals(bad, good)) {
        assertThatThrownBy(() -> RocksStore.restore(backup, data))
            .as("seed %s", seed)
            .isInstanceOf(StorageException.class);
      }
    }
    assertThat(Folders.names(folder)).containsExactly("backup");
  }

  @Test
  void files_that_do_not_belong_to_the_backup_are_not_restored() throws Exception {
    Files.writeString(backup.resolve("rocksdb/999999.sst"), "foreign");
    Files.writeString(backup.resolve("notes.txt"), "mine");
    RocksStore.restore(backup, data);
    assertThat(data.resolve("rocksdb/999999.sst")).doesNotExist();
    assertThat(data.resolve("notes.txt")).doesNotExist();
    requireAll(data);
  }

  /** Changes the list and makes its last line right again. */
  private void rewrite(UnaryOperator<String> change) throws IOException {
    Path list = backup.resolve("backup.sha256");
    String text = change.apply(Files.readString(list, ISO_8859_1));
    String body = text.substring(0, text.lastIndexOf("# end "));
    Files.writeString(
        list, body + "# end " + CheckedCopy.checksum(body.getBytes(ISO_8859_1)) + "\n", ISO_8859_1);
  }

  private static void flip(Path file, long at, int bits) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ bits));
      channel.write(one.flip(), at);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> found = Files.walk(backup)) {
      return found.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static List<String> fingerprint(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      return found
          .filter(Files::isRegularFile)
          .sorted()
          .map(
              file -> {
                try {
                  return folder.relativize(file) + " " + CheckedCopy.checksum(file);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              })
          .toList();
    }
  }
}
