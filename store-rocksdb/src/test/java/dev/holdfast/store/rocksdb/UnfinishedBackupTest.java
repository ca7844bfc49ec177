// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Backups that are refused, or given up half way, and what they leave: nothing. */
class UnfinishedBackupTest extends BackupSuite {
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
    assertThat(Folders.names(taken)).containsExactly("mine");
    assertThat(Folders.names(folder)).containsExactly("file", "link", "live", "taken", "way");
  }

  /** A backup that stands still at its checkpoint, until its end is asked for. */
  private final class HalfWay {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final CompletableFuture<@Nullable Throwable> end;

    HalfWay(RocksStore store) throws InterruptedException {
      this.end =
          CompletableFuture.supplyAsync(
                  () -> store.backup(backup(), this::pause), BackupSuite::start)
              .handle((report, failure) -> failure);
      reached.await();
    }

    private void pause(String step) {
      if (step.equals("checkpoint")) {
        reached.countDown();
        try {
          go.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    /** Lets it go on, and tells why it failed; null if it did not. */
    @Nullable Throwable failure() {
      go.countDown();
      return end.join();
    }
  }

  @Test
  void a_second_backup_at_the_same_time_is_refused_and_the_next_one_is_not() throws Exception {
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      HalfWay first = new HalfWay(store);
      assertThatThrownBy(() -> store.backup(folder.resolve("second")))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("another backup of it is under way");
      assertThat(first.failure()).isNull();
      store.backup(folder.resolve("second"));
    }
    assertThat(Folders.names(folder)).containsExactly("backup", "live", "second");
  }

  @Test
  void two_stores_do_not_make_the_same_backup_at_once() throws Exception {
    try (RocksStore store = RocksStore.open(live(), OPTIONS);
        RocksStore other = RocksStore.open(folder.resolve("other"), OPTIONS)) {
      HalfWay first = new HalfWay(store);
      assertThatThrownBy(() -> other.backup(backup()))
          .hasMessageContaining(backup() + " is being made by another");
      assertThat(first.failure()).isNull();
      RocksStore.restore(backup(), copy());
    }
  }

  @Test
  void closing_the_store_ends_a_backup_and_leaves_nothing_of_it() throws Exception {
    RocksStore store = RocksStore.open(live(), OPTIONS);
    HalfWay half = new HalfWay(store);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(store::close, BackupSuite::start);
    // The close waits for the backup, which goes on only when it has seen the close.
    await().until(store.backups()::isClosed);
    assertThat(half.failure()).hasMessageContaining("the store is being closed");
    closing.join();
    assertThat(Folders.names(folder)).containsExactly("live");
    assertThat(live().resolve("checkpoint")).doesNotExist();
    assertThatThrownBy(() -> store.backup(backup()))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void a_backup_that_hangs_does_not_keep_the_store_from_closing_but_keeps_its_directory()
      throws Exception {
    RocksStore store = RocksStore.open(live(), OPTIONS);
    HalfWay half = new HalfWay(store);

    store.close(Duration.ZERO);

    assertThatThrownBy(() -> store.open(RocksStoreTest.object(1), null))
        .hasMessageContaining("is closed");
    // It would remove what another backup of the directory has there.
    assertThatThrownBy(() -> RocksStore.open(live(), OPTIONS))
        .hasMessageContaining("it is in use by this process");
    assertThat(half.failure()).hasMessageContaining("the store is being closed");
    assertThat(Folders.names(folder)).containsExactly("live");
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
        assertThat(Folders.names(folder)).containsExactly("live");
      }
      store.backup(backup());
      for (String at : List.of("verified", "folder", "mark", "rocksdb/CURRENT")) {
        assertThat(interrupted(steps -> RocksStore.restore(backup(), copy(), steps), at))
            .as(at)
            .isInstanceOf(StorageException.class)
            .hasMessageContaining("stopped before the end");
        assertThat(Folders.names(folder)).containsExactly("backup", "live");
      }
      Path empty = Files.createDirectory(folder.resolve("empty"));
      for (String at : List.of("folder", "mark", "complete", "moved mark", "moved rocksdb")) {
        assertThat(interrupted(steps -> RocksStore.restore(backup(), empty, steps), at))
            .as(at)
            .isInstanceOf(StorageException.class)
            .hasMessageContaining("stopped before the end");
        assertThat(Folders.names(empty)).as(at).containsExactly("lock");
      }
      // The store itself is as before.
      new Ledger(new Random(2)).write(store, 2);
    }
  }

  @Test
  void an_interrupt_once_all_is_moved_comes_too_late_and_is_not_lost() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      new Ledger(new Random(1)).write(store, 20);
      List<Work> works =
          List.of(
              steps -> store.backup(backup(), steps),
              steps -> RocksStore.restore(backup(), copy(), steps),
              steps -> RocksStore.restore(backup(), empty, steps));
      for (Work work : works) {
        AtomicBoolean kept = new AtomicBoolean();
        Throwable failure =
            interrupted(
                steps ->
                    work.run(
                        step -> {
                          steps.accept(step);
                          if (step.equals("published")) {
                            kept.set(Thread.currentThread().isInterrupted());
                          }
                        }),
                "moved");
        assertThat(failure).isNull();
        assertThat(kept).isTrue();
      }
    }
    for (Path made : List.of(backup(), copy(), empty)) {
      assertThat(Folders.names(made))
          .contains("rocksdb")
          .doesNotContain(".unfinished", "restore.done");
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
  void links_that_a_killed_backup_left_in_the_store_are_removed() throws Exception {
    RocksStore.open(live(), OPTIONS).close();
    Files.createDirectories(live().resolve("checkpoint/rocksdb"));
    try (RocksStore store = RocksStore.open(live(), OPTIONS)) {
      assertThat(live().resolve("checkpoint")).doesNotExist();
      Files.createDirectories(live().resolve("checkpoint/rocksdb.tmp"));
      store.backup(backup());
    }
    assertThat(Folders.names(folder)).containsExactly("backup", "live");
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
      assertThat(Folders.names(folder)).containsExactly("live");
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
      assertThat(Folders.names(disk)).containsExactly("filler");
      assertThat(live().resolve("checkpoint")).doesNotExist();
      ledger.write(store, 2);

      store.backup(backup());
      assertThatThrownBy(() -> RocksStore.restore(backup(), disk.resolve("data")))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("are usable there; free some space");
      assertThat(Folders.names(disk)).containsExactly("filler");

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
}
