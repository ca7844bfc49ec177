// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed while they make a backup or restore one, after each of their steps. */
class KilledBackupTest {
  private static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10);

  /** Steps after which all is there. */
  private static final Set<String> WHOLE = Set.of("moved", "in place", "published", "end");

  @TempDir Path folder;
  private final Ledger ledger = new Ledger(new Random(17));
  private Path live;

  /**
   * Backs up or restores; prints each step and then waits for a line, so that whoever started it
   * can kill it there.
   */
  static final class Worker {
    private Worker() {}

    public static void main(String[] arguments) {
      Path from = Path.of(arguments[1]);
      Path to = Path.of(arguments[2]);
      if (arguments[0].equals("backup")) {
        try (RocksStore store = RocksStore.open(from, OPTIONS)) {
          store.backup(to, Worker::step);
        }
      } else {
        RocksStore.restore(from, to, Worker::step);
      }
      System.out.println("end");
      System.out.flush();
    }

    private static void step(String step) {
      System.out.println(step);
      System.out.flush();
      try {
        int _ = System.in.read();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @BeforeEach
  void makeStore() throws Exception {
    live = folder.resolve("live");
    try (RocksStore store = RocksStore.open(live, OPTIONS, ledger.surroundings())) {
      // A few files, so that there are few steps.
      ledger.write(store, 3);
    }
  }

  /** Runs the worker up to a step and kills it there; tells the step, or "end" if it got there. */
  private static String kill(String work, Path from, Path to, int step) throws Exception {
    Process process = ChildProcess.start(Worker.class, work, from.toString(), to.toString());
    try (BufferedReader out = process.inputReader()) {
      String line = out.readLine();
      for (int i = 0; i < step && line != null && !line.equals("end"); i++) {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        line = out.readLine();
      }
      process.toHandle().destroyForcibly();
      process.waitFor();
      assertThat(line).isNotNull();
      return line;
    }
  }

  @Test
  void a_backup_killed_after_any_step_is_none_or_whole_and_the_store_is_as_before()
      throws Exception {
    List<String> steps = new ArrayList<>();
    String last = "";
    for (int i = 0; !last.equals("end"); i++) {
      Path backup = folder.resolve("backup-" + i);
      // Each start changes files, and so the steps.
      Path own = folder.resolve("live-" + i);
      Folders.copy(live, own);
      last = kill("backup", own, backup, i);
      steps.add(last);
      Path data = folder.resolve("data-" + i);
      if (WHOLE.contains(last)) {
        RocksStore.restore(backup, data);
      } else {
        assertThat(backup).as(last).doesNotExist();
        assertThatThrownBy(() -> RocksStore.restore(backup, data))
            .isInstanceOf(StorageException.class);
        assertThat(data).doesNotExist();
        // The next one to the same place succeeds, and removes what was left.
        try (RocksStore store = RocksStore.open(own, OPTIONS)) {
          assertThat(own.resolve("checkpoint")).doesNotExist();
          assertThat(Ledger.missing(store, ledger.confirmed())).isEmpty();
          store.backup(backup);
        }
        assertThat(backup.resolveSibling(backup.getFileName() + ".partial")).doesNotExist();
        RocksStore.restore(backup, data);
      }
      requireAll(data);
    }
    assertThat(steps)
        .contains(
            "folder",
            "checkpoint",
            "rocksdb/CURRENT",
            "mark",
            "manifest",
            "moved",
            "in place",
            "published",
            "end");
  }

  @Test
  void a_restore_killed_after_any_step_leaves_no_data_directory_or_a_whole_one() throws Exception {
    Path backup = takeBackup();
    String last = "";
    for (int i = 0; !last.equals("end"); i++) {
      Path data = folder.resolve("data-" + i);
      last = kill("restore", backup, data, i);
      if (WHOLE.contains(last)) {
        requireAll(data);
      } else {
        assertThat(data).as(last).doesNotExist();
        RocksStore.restore(backup, data);
        assertThat(data.resolveSibling(data.getFileName() + ".partial")).doesNotExist();
        requireAll(data);
      }
    }
  }

  @Test
  void a_restore_into_an_empty_folder_killed_after_any_step_is_refused_until_it_is_repeated()
      throws Exception {
    Path backup = takeBackup();
    List<String> steps = new ArrayList<>();
    String last = "";
    for (int i = 0; !last.equals("end"); i++) {
      Path data = Files.createDirectory(folder.resolve("data-" + i));
      Path hidden = Files.createFile(data.resolve(".gitkeep"));
      last = kill("restore", backup, data, i);
      steps.add(last);
      if (WHOLE.contains(last)) {
        requireAll(data);
      } else {
        if (!last.equals("verified")) {
          assertThatThrownBy(() -> RocksStore.open(data, OPTIONS))
              .as(last)
              .isInstanceOf(StorageException.class)
              .hasMessageContaining(
                  "a restore into it did not come to its end; run holdfast restore");
          assertThatThrownBy(() -> RocksStore.open(data, OPTIONS.withAcceptLoss(true)))
              .as(last)
              .hasMessageContaining("a restore into it did not come to its end");
        }
        RocksStore.restore(backup, data);
        requireAll(data);
      }
      assertThat(hidden).as(last).exists();
    }
    assertThat(steps)
        .contains(
            "verified", "folder", "complete", "moved mark", "moved rocksdb", "moved", "in place");
  }

  private Path takeBackup() {
    Path backup = folder.resolve("backup");
    try (RocksStore store = RocksStore.open(live, OPTIONS)) {
      store.backup(backup);
    }
    return backup;
  }

  /** It is a store with all that was confirmed, and with nothing of its making. */
  private void requireAll(Path data) {
    try (RocksStore store = RocksStore.open(data, OPTIONS)) {
      assertThat(Ledger.missing(store, ledger.confirmed())).isEmpty();
    }
    assertThat(data.resolve(".unfinished")).doesNotExist();
    assertThat(data.resolve("restore.done")).doesNotExist();
    assertThat(data.resolve("restore.partial")).doesNotExist();
  }
}
