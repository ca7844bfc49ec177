// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Opens copies of a directory that were taken between writes, as a power failure would leave it:
 * with a log that ends in anything, or in a write of which only parts reached the disk.
 */
class CrashTest {
  private static final int CRASHES = Boolean.getBoolean("holdfast.thorough") ? 40 : 6;
  private static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10);

  @TempDir Path folder;

  private record Crash(Path directory, List<Ledger.Confirmed> confirmed) {}

  @TestFactory
  Stream<DynamicTest> every_confirmed_commit_survives_whatever_the_log_ends_in() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Ledger ledger = new Ledger(random);
    List<Crash> crashes = new ArrayList<>();
    Path live = folder.resolve("live");
    try (RocksStore store = RocksStore.open(live, OPTIONS, ledger.surroundings())) {
      for (int i = 0; i < CRASHES; i++) {
        ledger.write(store, 1 + random.nextInt(15));
        Path copy = folder.resolve("crash-" + i);
        try (Standstill _ = new Standstill(store)) {
          Folders.copy(live, copy);
        }
        crashes.add(new Crash(copy, ledger.confirmed()));
      }
    }
    return crashes.stream()
        .map(
            crash ->
                DynamicTest.dynamicTest(
                    crash.directory().getFileName() + ", seed " + seed,
                    () -> survives(crash, random)));
  }

  private static void survives(Crash crash, Random random) throws IOException {
    StoreLayout layout = new StoreLayout(crash.directory());
    tear(layout.log(layout.latestLog()), random);
    for (int start = 0; start < 2; start++) {
      try (RocksStore store = RocksStore.open(crash.directory(), OPTIONS)) {
        assertThat(Ledger.missing(store, crash.confirmed())).isEmpty();
      }
    }
  }

  /** Adds to a log what an unfinished write may leave. */
  private static void tear(Path log, Random random) throws IOException {
    byte[] record = new byte[12 + random.nextInt(100_000)];
    random.nextBytes(record);
    byte[] framed = LogFile.framed(Files.size(log), record);
    byte[] torn =
        switch (random.nextInt(4)) {
          case 0 -> new byte[0];
          // Its end is missing.
          case 1 -> java.util.Arrays.copyOf(framed, random.nextInt(framed.length));
          // A page in it never reached the disk.
          case 2 -> holed(framed, random);
          // The file has grown, and nothing was written.
          default -> new byte[random.nextInt(10_000)];
        };
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(torn), channel.size());
    }
  }

  private static byte[] holed(byte[] framed, Random random) {
    byte[] holed = framed.clone();
    int at = random.nextInt(holed.length);
    java.util.Arrays.fill(holed, at, Math.min(holed.length, at + 4096), (byte) 0);
    return holed;
  }
}
