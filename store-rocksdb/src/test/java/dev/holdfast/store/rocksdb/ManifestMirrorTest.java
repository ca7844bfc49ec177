// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestMirrorTest {
  private static final int REFRESHES = Boolean.getBoolean("holdfast.thorough") ? 3000 : 300;
  private static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10);

  @TempDir Path folder;

  @Test
  void all_files_that_the_copy_speaks_of_are_there_however_busy_the_database_is() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    StoreLayout layout = new StoreLayout(folder);
    NativeLibrary.load(layout.nativeLibrary());
    AtomicBoolean done = new AtomicBoolean();
    try (Database database = Database.open(layout.database(), OPTIONS, true);
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      ManifestMirror mirror = new ManifestMirror(layout);
      mirror.begin(database);
      Future<?> writing =
          threads.submit(
              () -> {
                Random random = new Random(seed);
                while (!done.get()) {
                  database.write(randomBatch(random));
                }
                return null;
              });
      try {
        for (int i = 0; i < REFRESHES; i++) {
          mirror.refresh(database);
          assertComplete(layout);
        }
      } finally {
        done.set(true);
      }
      writing.get();
    }
  }

  private static byte[] randomBatch(Random random) {
    BatchBuffer batch = new BatchBuffer();
    for (int i = 0; i < 20; i++) {
      byte[] key = new byte[Keys.PREFIX + 8];
      byte[] value = new byte[1000];
      random.nextBytes(key);
      random.nextBytes(value);
      batch.put(key, value);
    }
    return batch.toBytes();
  }

  /** Whatever happens to the manifest now, its copy will do. */
  static void assertComplete(StoreLayout layout) throws Exception {
    Manifest copy = Manifest.read(StoreLayout.manifests(layout.mirror()).getLast());
    assertThat(copy.files())
        .allSatisfy(file -> assertThat(layout.dataFile(file.number())).hasSize(file.size()));
    List<Long> logs = layout.logs().stream().filter(log -> log >= copy.firstLog()).toList();
    assertThat(logs).isNotEmpty();
    Predecessor before = new Predecessor();
    LogFile.read(layout.log(logs.getFirst()), before);
    assertThat(before.number)
        .as("what comes before the first log that is there")
        .isLessThan(Math.max(1, copy.firstLog()));
  }

  /** Learns from a log which one comes before it. */
  private static final class Predecessor implements LogFile.Reader {
    private long number;

    @Override
    public @Nullable String record(byte[] content) {
      return null;
    }

    @Override
    public void remark(int type, byte[] content) {
      if (type == LogFile.PREDECESSOR) {
        number = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong();
      }
    }
  }

  @Test
  void a_copy_that_is_there_is_whole_also_while_it_is_made() throws Exception {
    StoreLayout layout = new StoreLayout(folder);
    NativeLibrary.load(layout.nativeLibrary());
    AtomicBoolean done = new AtomicBoolean();
    try (Database database = Database.open(layout.database(), OPTIONS, true);
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      ManifestMirror mirror = new ManifestMirror(layout);
      mirror.begin(database);
      Future<?> making =
          threads.submit(
              () -> {
                while (!done.get()) {
                  mirror.begin(database);
                }
                return null;
              });
      try {
        for (int i = 0; i < 10 * REFRESHES; i++) {
          Path copy = StoreLayout.manifests(layout.mirror()).getLast();
          assertThat(Manifest.read(copy).isUsable()).isTrue();
        }
      } finally {
        done.set(true);
      }
      making.get();
    }
  }

  @Test
  void the_latest_manifest_is_the_one_with_the_largest_number() throws Exception {
    for (String name : new String[] {"MANIFEST-1000001", "MANIFEST-999999", "MANIFEST-000007"}) {
      Files.createFile(folder.resolve(name));
    }
    assertThat(StoreLayout.manifests(folder))
        .extracting(file -> file.getFileName().toString())
        .containsExactly("MANIFEST-000007", "MANIFEST-999999", "MANIFEST-1000001");
  }
}
