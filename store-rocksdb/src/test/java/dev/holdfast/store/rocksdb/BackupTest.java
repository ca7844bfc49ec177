// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.StorageException;
import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.DueAlarm;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Opening;
import dev.holdfast.store.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Backups of a store that is open, and what is made of them. */
class BackupTest extends BackupSuite {
  /** What was true when a backup was begun. */
  private record Taken(Path backup, List<Ledger.Confirmed> before) {}

  @Test
  void backups_under_load_hold_all_that_was_confirmed_before_and_a_state_that_existed()
      throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Ledger ledger = new Ledger(new Random(seed));
    List<Taken> taken = new ArrayList<>();
    int backups = Boolean.getBoolean("holdfast.thorough") ? 40 : 6;
    try (RocksStore store = RocksStore.open(live(), OPTIONS, ledger.surroundings())) {
      AtomicBoolean stop = new AtomicBoolean();
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Void> load =
          CompletableFuture.runAsync(
              () -> {
                try {
                  do {
                    ledger.write(store, 10);
                    begun.countDown();
                  } while (!stop.get());
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              },
              BackupSuite::start);
      begun.await();
      for (int i = 0; i < backups; i++) {
        List<Ledger.Confirmed> before = ledger.confirmed();
        Path target = folder.resolve("backup " + i);
        BackupReport report = store.backup(target);
        assertThat(report.folder()).isEqualTo(target);
        taken.add(new Taken(target, before));
      }
      stop.set(true);
      load.join();
      assertThat(Ledger.missing(store, ledger.confirmed())).isEmpty();
    }
    for (Taken one : taken) {
      Path data = one.backup().resolveSibling(one.backup().getFileName() + " restored");
      RocksStore.restore(one.backup(), data);
      // Twice, for the first start changes files.
      for (int start = 0; start < 2; start++) {
        try (RocksStore store = RocksStore.open(data, OPTIONS)) {
          assertThat(Ledger.missing(store, one.before())).as("seed %s", seed).isEmpty();
          requireMoment(store, ledger.confirmed(), seed);
        }
      }
    }
  }

  /** All commits up to some moment and none after, each with all of its writes. */
  private static void requireMoment(ObjectStore store, List<Ledger.Confirmed> all, long seed) {
    long[] seqs = new long[Ledger.OBJECTS];
    for (int i = 0; i < seqs.length; i++) {
      seqs[i] = store.open(Ledger.ref(i), null).seq();
      assertThat(store.get(Ledger.ref(i), EntryKey.user("latest"), View.current()))
          .asString(UTF_8)
          .isEqualTo(Long.toString(seqs[i]));
    }
    long last =
        all.stream()
            .filter(commit -> commit.seq() <= seqs[commit.object()])
            .mapToLong(Ledger.Confirmed::sequence)
            .max()
            .orElse(0);
    for (Ledger.Confirmed commit : all) {
      boolean there = commit.seq() <= seqs[commit.object()];
      assertThat(commit.sequence() <= last)
          .as("object %s, commit %s, seed %s", commit.object(), commit.seq(), seed)
          .isEqualTo(there);
      byte[] found = store.get(commit.ref(), commit.key(), View.current());
      assertThat(found).isEqualTo(there ? commit.value() : null);
    }
  }

  @Test
  void a_restored_store_shows_objects_history_alarms_names_and_secrets_as_they_were() {
    byte[] secret;
    byte[] other;
    List<Map<String, String>> past = new ArrayList<>();
    List<DirectoryEntry> names;
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      secret = store.namespaceSecret("Test");
      other = store.namespaceSecret("Unused");
      Opening opening = store.open(RocksStoreTest.object(1), "object-1").opening();
      for (int seq = 1; seq <= 20; seq++) {
        RocksStoreTest.commit(
            store,
            new Commit(
                opening,
                seq,
                Generation.ofSecond(100 + seq),
                false,
                List.of(
                    new Change(EntryKey.user("a"), ("a" + seq).getBytes(UTF_8)),
                    new Change(EntryKey.user("b" + seq % 3), seq % 2 == 0 ? null : new byte[] {1})),
                AlarmTime.at(Instant.ofEpochSecond(seq)),
                List.of()));
      }
      past.addAll(views(store));
      names = store.directory().byName("Test", "", null, 10);
      store.backup(backup());
      RocksStoreTest.commit(
          store, RocksStoreTest.put(opening, 21, Generation.ofSecond(500), "after"));
    }
    RocksStore.restore(backup(), copy());
    try (RocksStore store = RocksStore.open(copy(), OPTIONS)) {
      assertThat(store.namespaceSecret("Test")).isEqualTo(secret);
      assertThat(store.namespaceSecret("Unused")).isEqualTo(other);
      assertThat(views(store)).isEqualTo(past);
      assertThat(store.directory().byName("Test", "", null, 10)).isEqualTo(names);
      assertThat(store.dueAlarms(10))
          .containsExactly(new DueAlarm(RocksStoreTest.object(1), Instant.ofEpochSecond(20)));
      OpenedObject object = store.open(RocksStoreTest.object(1), "object-1");
      assertThat(object.seq()).isEqualTo(20);
      RocksStoreTest.commit(
          store, RocksStoreTest.put(object.opening(), 21, Generation.ofSecond(501), "on"));
    }
  }

  /** The object as it is, and as of each second. */
  private static List<Map<String, String>> views(ObjectStore store) {
    List<Map<String, String>> views = new ArrayList<>();
    for (int second = 99; second <= 121; second++) {
      View view = second == 121 ? View.current() : View.endOf(Generation.ofSecond(second));
      Map<String, String> seen = new TreeMap<>();
      for (String key : List.of("a", "b0", "b1", "b2")) {
        byte[] value = store.get(RocksStoreTest.object(1), EntryKey.user(key), view);
        seen.put(key, value == null ? "none" : new String(value, UTF_8));
      }
      views.add(seen);
    }
    return views;
  }

  @Test
  void an_opening_of_the_store_is_void_in_the_one_restored_from_its_backup() {
    for (int start = 0; start < 3; start++) {
      RocksStore.open(live(), OPTIONS).close();
    }
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      store.backup(backup());
    }
    RocksStore.restore(backup(), copy());
    RocksStore.restore(backup(), folder.resolve("second"));
    try (RocksStore store = RocksStore.open(live(), OPTIONS);
        RocksStore restored = RocksStore.open(copy(), OPTIONS)) {
      Opening stale = store.open(RocksStoreTest.object(1), "object-1").opening();
      Opening fresh = restored.open(RocksStoreTest.object(1), "object-1").opening();
      assertThat(fresh.epoch()).isGreaterThan(1_000 + stale.epoch());
      assertThatThrownBy(
              () ->
                  RocksStoreTest.commit(
                      restored, RocksStoreTest.put(stale, 1, Generation.ofSecond(7), "x")))
          .isInstanceOf(StorageException.class);
    }
    assertThat(copy().resolve("restored")).doesNotExist();
    long first = epoch(copy());
    assertThat(epoch(copy())).as("counted on from there").isEqualTo(first + 1);
  }

  private static long epoch(Path data) {
    try (RocksStore store = RocksStore.open(data, OPTIONS)) {
      return store.open(RocksStoreTest.object(1), null).opening().epoch();
    }
  }

  @Test
  void a_backup_of_a_backup_that_was_restored_is_the_same_store() throws Exception {
    Ledger ledger = new Ledger(new Random(3));
    try (RocksStore store = RocksStore.open(live(), OPTIONS, ledger.surroundings())) {
      ledger.write(store, 50);
      store.backup(backup());
    }
    Path from = backup();
    for (int i = 0; i < 4; i++) {
      Path data = folder.resolve("data" + i);
      RocksStore.restore(from, data);
      from = folder.resolve("backup" + i);
      try (RocksStore store = RocksStore.open(data, OPTIONS)) {
        assertThat(Ledger.missing(store, ledger.confirmed())).isEmpty();
        store.backup(from);
      }
    }
  }

  @Test
  void an_empty_store_can_be_backed_up_and_restored() {
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      store.backup(backup());
    }
    RocksStore.restore(backup(), copy());
    RocksStore.open(copy(), OPTIONS).close();
  }

  @Test
  void files_are_copies_that_only_the_owner_sees_and_nothing_is_left_beside() throws Exception {
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      new Ledger(new Random(1)).write(store, 20);
      BackupReport report = store.backup(backup());
      List<Path> files = files(backup());
      for (Path file : files) {
        assertThat(Files.getAttribute(file, "unix:nlink")).as(file.toString()).isEqualTo(1);
      }
      assertThat(files.stream().map(file -> backup().relativize(file).toString()))
          .contains("mark", "mirror/namespaces", "rocksdb/CURRENT", "backup.sha256")
          .noneMatch(name -> name.matches("(lock|control|native|scratch|checkpoint).*"));
      assertThat(report.files()).isEqualTo(files.size() - 1);
      assertThat(report.bytes())
          .isEqualTo(
              files.stream().mapToLong(file -> file.toFile().length()).sum()
                  - Files.size(backup().resolve("backup.sha256")));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup())))
          .isEqualTo("rwx------");
      assertThat(live().resolve("checkpoint")).doesNotExist();
      assertThat(Folders.names(folder)).containsExactly("backup", "live");
    }
  }

  @Test
  void the_list_of_checksums_can_be_read_by_sha256sum() throws Exception {
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      new Ledger(new Random(1)).write(store, 20);
      store.backup(backup());
    }
    Process check =
        new ProcessBuilder("sha256sum", "--check", "--strict", "backup.sha256")
            .directory(backup().toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), UTF_8);
    assertThat(check.waitFor()).as(said).isZero();
    assertThat(said).contains("rocksdb/CURRENT: OK", "mark: OK");
  }

  @Test
  void a_relative_path_is_understood() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    Path relative = here.relativize(backup());
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      assertThat(store.backup(relative).folder()).isEqualTo(backup());
    }
    RocksStore.restore(relative, here.relativize(copy()));
    RocksStore.open(copy(), OPTIONS).close();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      return found.filter(Files::isRegularFile).toList();
    }
  }
}
