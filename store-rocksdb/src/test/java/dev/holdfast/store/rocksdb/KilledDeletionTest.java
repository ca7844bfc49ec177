// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.store.Commit;
import dev.holdfast.store.OpenedObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it makes and deletes objects leaves each whole or gone. */
class KilledDeletionTest {
  private static final int KILLS = Boolean.getBoolean("holdfast.thorough") ? 20 : 3;
  private static final int OBJECTS = 4;

  /** Half of the objects are deleted key by key, the others as ranges. */
  private static int size(int object) {
    return object % 2 == 0 ? 20 : Erasure.MAX_KEYS + 500;
  }

  @TempDir Path directory;

  /** Makes and deletes objects in turn and prints what was confirmed, until it is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      RocksStore store =
          RocksStore.open(
              Path.of(arguments[0]), RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10));
      for (int i = 0; i < OBJECTS; i++) {
        OpenedObject left = store.open(Ledger.ref(i), "object-" + i);
        if (left.seq() > 0) {
          RocksStoreTest.commit(
              store, Commit.delete(left.opening(), left.seq() + 1, left.generation()));
        }
      }
      System.out.println("begun");
      for (int round = 0; ; round++) {
        for (int i = 0; i < OBJECTS; i++) {
          Commit last = DeletionTest.fill(store, Ledger.ref(i), size(i), "value-" + round + "-");
          System.out.println("made " + i);
          DeletionTest.delete(store, last);
          System.out.println("deleted " + i);
        }
      }
    }
  }

  @Test
  void each_object_is_whole_or_gone() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int kill = 0; kill < KILLS; kill++) {
      String last = "";
      Process process = ChildProcess.start(Writer.class, directory.toString());
      int lines = 2 + random.nextInt(60);
      try (BufferedReader out =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          last = line;
          if (--lines == 0) {
            process.toHandle().destroyForcibly();
          }
        }
      }
      process.waitFor();
      try (RocksStore store = RocksStore.open(directory, RocksStoreOptions.defaults())) {
        for (int i = 0; i < OBJECTS; i++) {
          OpenedObject found = store.open(Ledger.ref(i), null);
          int entries = DeletionTest.entries(store, Ledger.ref(i));
          assertThat(entries)
              .as("object %s after '%s', seed %s", i, last, seed)
              .isEqualTo(found.seq() == 0 ? 0 : size(i));
          assertThat(store.directory().find(Ledger.ref(i)) != null).isEqualTo(found.seq() > 0);
          assertThat(store.directory().byName("Ledger", "object-" + i, null, 1).size())
              .isEqualTo(found.seq() > 0 ? 1 : 0);
        }
        if (last.startsWith("deleted ")) {
          // Only the next one can have begun.
          int deleted = Integer.parseInt(last.substring("deleted ".length()));
          assertThat(store.open(Ledger.ref(deleted), null).seq()).as("seed %s", seed).isZero();
        }
      }
    }
  }
}
