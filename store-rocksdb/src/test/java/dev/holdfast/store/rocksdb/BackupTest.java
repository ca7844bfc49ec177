// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

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
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of a store that is open, and what is made of them. */
class BackupTest {
  private static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10);

  @TempDir Path folder;

  private Path live() {
    return folder.resolve("live");
  }

  private Path backup() {
    return folder.resolve("backup");
  }

  private Path copy() {
    return folder.resolve("copy");
  }

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
              BackupTest::start);
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
      assertThat(names(folder)).containsExactly("backup", "live");
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
  void a_target_that_cannot_be_is_refused_and_left_alone() throws Exception {
    Path taken = Files.createDirectory(folder.resolve("taken"));
    Files.writeString(taken.resolve("mine"), "x");
    Path file = Files.writeString(folder.resolve("file"), "x");
    Path dangling = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("none"));
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      for (Path target : List.of(taken, file, dangling, folder.resolve("x/.."))) {
        assertThatThrownBy(() -> store.backup(target))
            .as(target.toString())
            .isInstanceOf(StorageException.class)
            .hasMessageContaining("cannot back up the store in " + live())
            .hasMessageContaining("exists already");
      }
      assertThatThrownBy(() -> store.backup(folder.resolve("none/backup")))
          .hasMessageContaining("there is no folder " + folder.resolve("none") + "; make it");
      assertThatThrownBy(() -> store.backup(file.resolve("backup")))
          .hasMessageContaining("there is no folder " + file);
      for (Path inside : List.of(live().resolve("b"), live().resolve("rocksdb/../mirror/b"))) {
        assertThatThrownBy(() -> store.backup(inside))
            .hasMessageContaining("in the data directory itself");
      }
      Path way = Files.createSymbolicLink(folder.resolve("way"), live());
      assertThatThrownBy(() -> store.backup(way.resolve("b")))
          .hasMessageContaining("in the data directory itself");
    }
    assertThat(names(taken)).containsExactly("mine");
    assertThat(names(folder)).containsExactly("file", "link", "live", "taken", "way");
  }

  @Test
  void a_second_backup_at_the_same_time_is_refused_and_the_next_one_is_not() throws Exception {
    CountDownLatch copying = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      CompletableFuture<BackupReport> first =
          CompletableFuture.supplyAsync(
              () -> store.backup(backup(), step -> pause(step, "checkpoint", copying, go)),
              BackupTest::start);
      copying.await();
      assertThatThrownBy(() -> store.backup(folder.resolve("second")))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("another backup of it is under way");
      go.countDown();
      first.join();
      store.backup(folder.resolve("second"));
    }
    assertThat(names(folder)).containsExactly("backup", "live", "second");
  }

  @Test
  void two_stores_do_not_make_the_same_backup_at_once() throws Exception {
    CountDownLatch copying = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (RocksStore store = RocksStore.open(live(), OPTIONS);
        RocksStore other = RocksStore.open(folder.resolve("other"), OPTIONS)) {
      CompletableFuture<BackupReport> first =
          CompletableFuture.supplyAsync(
              () -> store.backup(backup(), step -> pause(step, "checkpoint", copying, go)),
              BackupTest::start);
      copying.await();
      assertThatThrownBy(() -> other.backup(backup()))
          .hasMessageContaining(backup() + " is being made by another");
      go.countDown();
      first.join();
      RocksStore.restore(backup(), copy());
    }
  }

  /** Runs on a thread of its own: the common pool may have but one. */
  private static void start(Runnable task) {
    Thread.ofPlatform().daemon().start(task);
  }

  private static void pause(String step, String at, CountDownLatch reached, CountDownLatch go) {
    if (step.equals(at)) {
      reached.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void closing_the_store_ends_a_backup_and_leaves_nothing_of_it() throws Exception {
    CountDownLatch copying = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    RocksStore store = RocksStore.open(live(), OPTIONS);
    CompletableFuture<@Nullable Throwable> end =
        CompletableFuture.supplyAsync(
                () -> store.backup(backup(), step -> pause(step, "checkpoint", copying, go)),
                BackupTest::start)
            .handle((report, failure) -> failure);
    copying.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(store::close, BackupTest::start);
    // The close waits for the backup, which goes on only when it has seen the close.
    await().until(store.backups()::isClosed);
    go.countDown();
    closing.join();
    assertThat(end.join()).hasMessageContaining("the store is being closed");
    assertThat(names(folder)).containsExactly("live");
    assertThat(live().resolve("checkpoint")).doesNotExist();
    assertThatThrownBy(() -> store.backup(backup()))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void an_interrupt_ends_a_backup_and_a_restore_and_leaves_nothing_of_them() throws Exception {
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      new Ledger(new Random(1)).write(store, 20);
      for (String at : List.of("folder", "checkpoint", "rocksdb/CURRENT", "mark", "manifest")) {
        assertThat(interrupted(steps -> store.backup(backup(), steps), at))
            .as(at)
            .isInstanceOf(StorageException.class)
            .hasMessageContaining("stopped before the end");
        assertThat(names(folder)).containsExactly("live");
      }
      store.backup(backup());
      for (String at : List.of("folder", "mark", "rocksdb/CURRENT")) {
        assertThat(interrupted(steps -> RocksStore.restore(backup(), copy(), steps), at))
            .as(at)
            .isInstanceOf(StorageException.class)
            .hasMessageContaining("stopped before the end");
        assertThat(names(folder)).containsExactly("backup", "live");
      }
      // The store itself is as before.
      new Ledger(new Random(2)).write(store, 2);
    }
  }

  private interface Work {
    BackupReport run(Backups.Steps steps);
  }

  private static @Nullable Throwable interrupted(Work work, String at) throws Exception {
    CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(
            () -> {
              try {
                work.run(
                    step -> {
                      if (step.equals(at)) {
                        Thread.currentThread().interrupt();
                      }
                    });
                end.complete(null);
              } catch (RuntimeException e) {
                end.complete(e);
              }
            });
    return end.get();
  }

  @Test
  void what_a_killed_backup_left_is_removed_by_the_next() throws Exception {
    Path partial = Files.createDirectories(folder.resolve("backup.partial/rocksdb"));
    Files.writeString(partial.resolve("000001.sst"), "half");
    Files.writeString(partial.resolveSibling("lock"), "4711\n");
    Files.createDirectories(live().resolve("checkpoint/rocksdb"));
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      assertThat(live().resolve("checkpoint")).doesNotExist();
      Files.createDirectories(live().resolve("checkpoint/rocksdb.tmp"));
      store.backup(backup());
    }
    assertThat(names(folder)).containsExactly("backup", "live");
    RocksStore.restore(backup(), copy());
    assertThat(copy().resolve("rocksdb/000001.sst")).doesNotExist();
  }

  @Test
  void a_backup_that_would_take_the_space_of_the_store_is_refused() throws Exception {
    AtomicLong usable = new AtomicLong(1L << 40);
    Surroundings real = Surroundings.real();
    RocksStoreOptions options = OPTIONS.withReserveBytes(1_000_000);
    try (RocksStore store =
        RocksStore.open(
            live(),
            options,
            new Surroundings(real.writes(), usable::get, real.nanos(), real.random()))) {
      Ledger ledger = new Ledger(new Random(1));
      ledger.write(store, 20);

      usable.set(999_999);
      assertThatThrownBy(() -> store.backup(backup()))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("nearly full: 999999 bytes are usable and 1000000 are kept");

      usable.set(1_000_001);
      assertThatThrownBy(() -> store.backup(backup()))
          .hasMessageContaining(
              "where it goes 1000001 are usable, of which the store keeps 1000000")
          .hasMessageContaining("another disk");

      usable.set(1L << 40);
      assertThatThrownBy(
              () ->
                  store.backup(
                      backup(),
                      step -> usable.set(step.equals("rocksdb/CURRENT") ? 5 : usable.get())))
          .hasMessageContaining("nearly full: 5 bytes are usable");
      usable.set(1L << 40);
      assertThat(names(folder)).containsExactly("live");
      assertThat(live().resolve("checkpoint")).doesNotExist();
      ledger.write(store, 2);
      store.backup(backup());
    }
  }

  @Test
  void a_full_disk_ends_a_backup_or_a_restore_and_leaves_nothing_and_the_store_goes_on()
      throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeThat(command("mount", "-t", "tmpfs", "-o", "size=2m", "none", disk.toString())).isZero();
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      Ledger ledger = new Ledger(new Random(1));
      ledger.write(store, 40);
      Path target = disk.resolve("backup");

      // Full when it begins: told by what is needed. Full half way: told by the write that fails.
      fill(disk, 100_000);
      assertThatThrownBy(() -> store.backup(target))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("bytes, and where it goes ")
          .hasMessageContaining("free some space, or name a folder on another disk");
      Files.delete(disk.resolve("filler"));
      assertThatThrownBy(
              () ->
                  store.backup(
                      target,
                      step -> {
                        if (step.startsWith("rocksdb/") && !Files.exists(disk.resolve("filler"))) {
                          fill(disk, 0);
                        }
                      }))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("cannot back up the store in " + live() + " to " + target)
          .hasMessageContaining("the disk is full (")
          .hasMessageContaining("nothing is left there");
      assertThat(names(disk)).containsExactly("filler");
      assertThat(live().resolve("checkpoint")).doesNotExist();
      ledger.write(store, 2);

      store.backup(backup());
      assertThatThrownBy(() -> RocksStore.restore(backup(), disk.resolve("data")))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("are usable there; free some space");
      assertThat(names(disk)).containsExactly("filler");

      Files.delete(disk.resolve("filler"));
      store.backup(target);
      RocksStore.restore(target, copy());
      try (RocksStore restored = RocksStore.open(copy(), OPTIONS)) {
        assertThat(Ledger.missing(restored, ledger.confirmed())).isEmpty();
      }
    } finally {
      assertThat(command("umount", disk.toString())).isZero();
    }
  }

  private static int command(String... words) throws Exception {
    return new ProcessBuilder(words).redirectErrorStream(true).start().waitFor();
  }

  /** Leaves only so many bytes. */
  private static void fill(Path disk, long left) {
    long bytes = disk.toFile().getUsableSpace() - left;
    try (OutputStream out = Files.newOutputStream(disk.resolve("filler"))) {
      out.write(new byte[Math.toIntExact(bytes)]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
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

  private static List<String> names(Path folder) {
    return Arrays.stream(Objects.requireNonNull(folder.toFile().list())).sorted().toList();
  }
}
