// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.holdfast.StorageException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies where a backup or a restored store is to grow: ours is removed, nothing else is. */
class LeftoverTest {
  private static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10);

  @TempDir Path folder;
  private final Ledger ledger = new Ledger(new Random(5));
  private Path live;
  private Path backup;
  private Path data;

  @BeforeEach
  void takeBackup() throws Exception {
    live = folder.resolve("live");
    backup = folder.resolve("backup");
    data = folder.resolve("data");
    try (RocksStore store = RocksStore.open(live, OPTIONS, ledger.surroundings())) {
      ledger.write(store, 10);
      store.backup(backup);
    }
  }

  private static Path make(Path path, String permissions) throws IOException {
    Files.createDirectory(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    return path;
  }

  private BackupReport backup(Path target) {
    try (RocksStore store = RocksStore.open(live, OPTIONS)) {
      return store.backup(target);
    }
  }

  /** What makes a folder beside its place; both kinds of it are told what is in the way. */
  private void requireRefused(Path target, String why) throws IOException {
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    List<String> before = all(folder.resolve("."), partial);
    assertThatThrownBy(() -> backup(target))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(partial.toString())
        .hasMessageContaining(why);
    assertThatThrownBy(() -> RocksStore.restore(backup, target))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(partial.toString())
        .hasMessageContaining(why);
    assertThat(all(folder.resolve("."), partial)).isEqualTo(before);
    assertThat(target).doesNotExist();
  }

  /** Names, kinds, permissions and contents, of a folder's own names and of all in another. */
  private static List<String> all(Path shallow, Path deep) throws IOException {
    try (Stream<Path> names = Files.list(shallow);
        Stream<Path> found = Files.walk(deep)) {
      return Stream.concat(names.map(Path::toString), found.map(LeftoverTest::describe))
          .sorted()
          .toList();
    }
  }

  private static String describe(Path path) {
    try {
      PosixFileAttributes attributes =
          Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return "%s %s %s %s %s"
          .formatted(
              path,
              attributes.owner(),
              attributes.permissions(),
              attributes.isSymbolicLink() ? Files.readSymbolicLink(path) : "",
              attributes.isRegularFile() ? Files.readString(path) : "");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void what_a_killed_process_left_is_removed() throws Exception {
    for (String name : List.of("backup2", "data")) {
      Path partial = make(folder.resolve(name + ".partial"), "rwx------");
      Files.createDirectory(partial.resolve("rocksdb"));
      Files.writeString(partial.resolve("rocksdb/000001.sst"), "half");
      Files.writeString(partial.resolve("mark.partial"), "half");
      Files.createFile(partial.resolve(".unfinished"));
      Files.writeString(partial.resolve("lock"), "4711\n");
    }
    backup(folder.resolve("backup2"));
    RocksStore.restore(folder.resolve("backup2"), data);
    for (String name : List.of("backup2", "data")) {
      assertThat(folder.resolve(name + ".partial")).doesNotExist();
      assertThat(folder.resolve(name).resolve("rocksdb/000001.sst")).doesNotExist();
    }
    requireAll(data);
  }

  @Test
  void what_a_process_left_that_was_killed_while_it_looked_at_what_another_left_is_removed()
      throws Exception {
    Files.createFile(make(folder.resolve("beside.partial"), "rwx------").resolve(".unfinished"));
    make(folder.resolve(".holdfast-4711"), "rwx------");
    backup(folder.resolve("beside"));
    assertThat(Folders.names(folder)).containsExactly("backup", "beside", "live");

    make(data, "rwx------");
    Path left = make(data.resolve("restore.partial"), "rwx------");
    Files.createFile(left.resolve(".unfinished"));
    make(data.resolve(".holdfast-4711"), "rwx------");
    RocksStore.restore(backup, data);
    assertThat(Folders.names(data))
        .containsExactly("lock", "mark", "mirror", "restored", "rocksdb");

    Files.createFile(data.resolve(".holdfast-4711"));
    requireAll(data);
    assertThat(data.resolve(".holdfast-4711")).doesNotExist();
  }

  @Test
  void what_only_looks_like_it_is_left_alone() throws Exception {
    Files.createFile(make(folder.resolve("beside.partial"), "rwx------").resolve(".unfinished"));
    Files.createFile(make(folder.resolve(".holdfast-1"), "rwx------").resolve("mine"));
    Files.writeString(folder.resolve(".holdfast-2"), "mine");
    Files.createDirectory(folder.resolve(".holdfast-mine"));
    backup(folder.resolve("beside"));
    assertThat(Folders.names(folder))
        .contains(".holdfast-1", ".holdfast-2", ".holdfast-mine", "beside");
  }

  @Test
  void what_a_killed_process_left_and_cannot_be_removed_is_told_of() throws Exception {
    make(data, "rwx------");
    for (Path left : List.of(data.resolve("restore.partial"), folder.resolve("stuck.partial"))) {
      Files.createFile(make(left, "rwx------").resolve(".unfinished"));
    }
    try (TooDeep _ = TooDeep.in(data.resolve("restore.partial"));
        TooDeep _ = TooDeep.in(folder.resolve("stuck.partial"))) {
      requireStuck(() -> RocksStore.restore(backup, data), data.resolve("restore.partial"));
      Path stuck = folder.resolve("stuck");
      requireStuck(() -> RocksStore.restore(backup, stuck), folder.resolve("stuck.partial"));
      requireStuck(() -> backup(stuck), folder.resolve("stuck.partial"));
    }
    RocksStore.restore(backup, data);
    requireAll(data);
  }

  private static void requireStuck(ThrowingCallable work, Path left) {
    assertThatThrownBy(work)
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith("cannot remove what a killed backup or restore left in " + left)
        .hasMessageEndingWith("; remove it, or name another folder");
  }

  @Test
  void a_store_that_cannot_be_rid_of_what_a_killed_backup_left_tells_so() throws Exception {
    Path checkpoint = Files.createDirectory(live.resolve("checkpoint"));
    try (TooDeep _ = TooDeep.in(checkpoint)) {
      assertThatThrownBy(() -> RocksStore.open(live, OPTIONS))
          .isInstanceOf(StorageException.class)
          .hasMessageStartingWith("cannot open the store in " + live)
          .hasCauseInstanceOf(FileSystemException.class);
    }
    requireAll(live);
  }

  @Test
  void what_a_process_left_that_was_killed_at_once_is_removed() throws Exception {
    make(folder.resolve("data.partial"), "rwx------");
    RocksStore.restore(backup, data);
    requireAll(data);
  }

  @Test
  void what_a_killed_process_left_is_removed_though_a_start_there_was_refused() throws Exception {
    Path partial = make(folder.resolve("data.partial"), "rwx------");
    Files.createFile(partial.resolve(".unfinished"));
    Files.createDirectory(partial.resolve("rocksdb"));
    Files.writeString(partial.resolve("rocksdb/000001.sst"), "half");
    assertThatThrownBy(() -> RocksStore.open(partial, OPTIONS))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("its file mark is missing");
    RocksStore.restore(backup, data);
    requireAll(data);
    assertThat(partial).doesNotExist();
  }

  @Test
  void a_store_that_was_begun_in_what_a_killed_process_left_is_left_alone() throws Exception {
    Path partial = make(folder.resolve("begun.partial"), "rwx------");
    Files.createFile(partial.resolve(".unfinished"));
    RocksStore.open(partial, OPTIONS).close();
    assertThatThrownBy(() -> RocksStore.restore(backup, folder.resolve("begun")))
        .hasMessageContaining(partial + " is in the way")
        .hasMessageContaining("it has no file .unfinished");
    RocksStore.open(partial, OPTIONS).close();
  }

  @Test
  void a_folder_of_somebody_else_is_left_alone() throws Exception {
    Path partial = make(folder.resolve("other.partial"), "rwx------");
    Files.createFile(partial.resolve(".unfinished"));
    assumeThat(given(partial, 65_534)).as("only root can give folders away").isTrue();
    requireRefused(folder.resolve("other"), "it belongs to ");
  }

  private static boolean given(Path path, int user) throws IOException {
    try {
      Files.setAttribute(path, "unix:uid", user);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void a_folder_that_others_can_look_into_is_left_alone() throws Exception {
    for (String permissions : List.of("rwxrwxrwx", "rwxr-xr-x", "rwx-w----")) {
      Path partial = make(folder.resolve(permissions + ".partial"), permissions);
      Files.createFile(partial.resolve(".unfinished"));
      requireRefused(
          folder.resolve(permissions),
          "its permissions are " + permissions + ", expected rwx------; move it away");
    }
  }

  @Test
  void a_folder_that_nobody_marked_is_left_alone() throws Exception {
    Path partial = make(folder.resolve("mine.partial"), "rwx------");
    Files.writeString(partial.resolve("lock"), "");
    Files.writeString(partial.resolve("notes.txt"), "mine");
    requireRefused(folder.resolve("mine"), "it has no file .unfinished");
  }

  @Test
  void a_store_is_left_alone_though_its_name_fits() throws Exception {
    Path partial = make(folder.resolve("saved.partial"), "rwx------");
    RocksStore.restore(backup, partial);
    assertThatThrownBy(() -> RocksStore.restore(backup, folder.resolve("saved")))
        .hasMessageContaining(partial + " is in the way")
        .hasMessageContaining("it has no file .unfinished");
    requireAll(partial);
  }

  @Test
  void a_store_that_was_restored_into_what_a_killed_process_left_is_left_alone() throws Exception {
    Path partial = make(folder.resolve("saved.partial"), "rwx------");
    Files.createFile(partial.resolve(".unfinished"));
    RocksStore.restore(backup, partial);
    assertThatThrownBy(() -> RocksStore.restore(backup, folder.resolve("saved")))
        .hasMessageContaining("it has no file .unfinished");
    requireAll(partial);
  }

  @Test
  void a_link_in_the_place_of_the_folder_is_left_alone() throws Exception {
    Path elsewhere = make(folder.resolve("elsewhere"), "rwx------");
    Files.writeString(elsewhere.resolve("lock"), "x");
    Files.createSymbolicLink(folder.resolve("linked.partial"), elsewhere);
    requireRefused(folder.resolve("linked"), "it is no folder");
    assertThat(elsewhere.resolve("lock")).hasContent("x");
  }

  @Test
  void a_link_in_the_place_of_the_lock_is_not_followed() throws Exception {
    Path precious = Files.writeString(folder.resolve("precious"), "precious");
    Path partial = make(folder.resolve("locked.partial"), "rwx------");
    Files.createFile(partial.resolve(".unfinished"));
    Files.createSymbolicLink(partial.resolve("lock"), precious);
    requireRefused(folder.resolve("locked"), "found a link or something else; remove it");
    assertThat(precious).hasContent("precious");

    Path opened = make(folder.resolve("opened"), "rwx------");
    Files.createSymbolicLink(opened.resolve("lock"), precious);
    assertThatThrownBy(() -> RocksStore.open(opened, OPTIONS))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("expected a file of its own at " + opened.resolve("lock"));
    assertThat(precious).hasContent("precious");
  }

  @Test
  void a_store_that_was_copied_beside_what_a_killed_restore_left_is_not_erased() throws Exception {
    for (boolean complete : List.of(false, true)) {
      Path target = folder.resolve("complete " + complete);
      Folders.copy(live, target);
      Path left = make(target.resolve("restore.partial"), "rwx------");
      Files.createFile(left.resolve(".unfinished"));
      Files.createDirectory(left.resolve("rocksdb"));
      if (complete) {
        Files.createFile(left.resolve("moving"));
      }
      List<String> before = all(target, left);
      assertThatThrownBy(() -> RocksStore.restore(backup, target))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("a restore did not come to its end there, but [")
          .hasMessageContaining("rocksdb")
          .hasMessageContaining("remove " + left + " and start the node");
      assertThat(all(target, left)).isEqualTo(before);

      Folders.delete(left);
      requireAll(target);
    }
  }

  @Test
  void what_has_the_name_of_an_unfinished_restore_and_is_none_is_left_alone() throws Exception {
    Path precious = Files.createDirectory(folder.resolve("precious"));
    Files.writeString(precious.resolve("file"), "x");
    Files.createDirectory(data);
    Path left = Files.createSymbolicLink(data.resolve("restore.partial"), precious);
    assertThatThrownBy(() -> RocksStore.restore(backup, data))
        .hasMessageContaining(left + " is in the way")
        .hasMessageContaining("it is no folder");
    assertThat(left).isSymbolicLink();
    Files.delete(left);

    make(left, "rwx------");
    Files.writeString(left.resolve("file"), "x");
    assertThatThrownBy(() -> RocksStore.restore(backup, data))
        .hasMessageContaining("it has no file .unfinished");
    assertThat(left.resolve("file")).hasContent("x");
    assertThat(data).isDirectoryContaining("glob:**/restore.partial");
  }

  private void requireAll(Path at) {
    try (RocksStore store = RocksStore.open(at, OPTIONS)) {
      assertThat(Ledger.missing(store, ledger.confirmed())).isEmpty();
    }
  }
}
