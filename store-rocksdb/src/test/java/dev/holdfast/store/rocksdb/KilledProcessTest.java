// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.StorageException;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.View;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed at any moment loses no confirmed commit and tears none. */
class KilledProcessTest {
  private static final int KILLS = Boolean.getBoolean("holdfast.thorough") ? 20 : 2;

  @TempDir Path directory;

  /** Commits to all objects in turn and prints what was confirmed, until it is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      RocksStore store =
          RocksStore.open(
              Path.of(arguments[0]), RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10));
      OpenedObject[] objects = new OpenedObject[Ledger.OBJECTS];
      for (int i = 0; i < objects.length; i++) {
        objects[i] = store.open(Ledger.ref(i), null);
      }
      for (long round = 1; ; round++) {
        for (int i = 0; i < objects.length; i++) {
          long seq = objects[i].seq() + round;
          RocksStoreTest.commit(
              store,
              RocksStoreTest.put(
                  objects[i].opening(), seq, objects[i].generation().next(), Long.toString(seq)));
          System.out.println(i + " " + seq);
          System.out.flush();
        }
      }
    }
  }

  @Test
  void what_a_killed_process_had_confirmed_is_there() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    long[] confirmed = new long[Ledger.OBJECTS];
    for (int kill = 0; kill < KILLS; kill++) {
      Process process = ChildProcess.start(Writer.class, directory.toString());
      int lines = 1 + random.nextInt(400);
      try (BufferedReader out =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          String[] parts = line.split(" ", 2);
          if (parts.length == 2 && !parts[1].isEmpty() && line.equals(line.strip())) {
            confirmed[Integer.parseInt(parts[0])] = Long.parseLong(parts[1]);
          }
          if (--lines == 0) {
            // Not through the process, which would close what is left to read.
            process.toHandle().destroyForcibly();
          }
        }
      }
      process.waitFor();
      try (RocksStore store = RocksStore.open(directory, RocksStoreOptions.defaults())) {
        for (int i = 0; i < confirmed.length; i++) {
          OpenedObject found = store.open(Ledger.ref(i), null);
          assertThat(found.seq())
              .as("object %s, seed %s", i, seed)
              .isGreaterThanOrEqualTo(confirmed[i]);
          if (found.seq() > 0) {
            assertThat(store.get(Ledger.ref(i), EntryKey.user("key"), View.current()))
                .asString(UTF_8)
                .isEqualTo(Long.toString(found.seq()));
          }
        }
      }
    }
  }

  @Test
  void a_second_process_is_told_who_has_the_directory() throws Exception {
    Process process = ChildProcess.start(Writer.class, directory.toString());
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      assertThat(out.readLine()).isNotNull();
      assertThatThrownBy(() -> RocksStore.open(directory, RocksStoreOptions.defaults()))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("process with id " + process.pid());
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
    RocksStore.open(directory, RocksStoreOptions.defaults()).close();
  }
}
