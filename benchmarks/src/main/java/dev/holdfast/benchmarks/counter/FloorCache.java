// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.wrk.CountedServer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The floor's cache of loaded and linked classes, from a run of training: ours has one too, so
 * without it the two would not start on the same terms.
 */
final class FloorCache {
  static final Path FILE = Path.of("benchmarks/target/floor.aot");
  private static final Path FOLDER = Path.of("benchmarks/target");

  /** Where it is written: a run of training that is cut short must leave no half of a cache. */
  private static final Path NEW = FOLDER.resolve("floor.aot.new");

  private static final Path JVM_OPTIONS = Path.of("scripts/jvm-options");

  /** As many as the training of ours sends. */
  private static final int REQUESTS = 200;

  private FloorCache() {}

  /** Makes the cache anew if what it was made of has changed. */
  static void refresh() throws IOException, InterruptedException {
    if (Files.exists(FILE) && !stale()) {
      return;
    }
    Files.deleteIfExists(FILE);
    Files.deleteIfExists(NEW);
    CountedServer floor =
        CounterServer.start(
            Contender.FLOOR, new LaunchOptions(0, "-XX:AOTCacheOutput=" + NEW), FOLDER);
    try {
      for (int i = 0; i < REQUESTS / 2; i++) {
        String counter = "/counters/c" + i % 10;
        long value = floor.post(counter + "/increment");
        if (floor.get(counter) != value) {
          throw new IOException("the floor forgot an increment of the counter " + counter);
        }
      }
      floor.stop();
    } finally {
      floor.discard();
    }
    if (!Files.exists(NEW)) {
      throw new IOException("the floor's run of training left no cache in " + NEW);
    }
    Files.move(NEW, FILE, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean stale() throws IOException {
    return newer(JVM_OPTIONS) || newerJarIn(FOLDER) || newerJarIn(FOLDER.resolve("lib"));
  }

  private static boolean newerJarIn(Path folder) throws IOException {
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
      for (Path jar : jars) {
        if (newer(jar)) {
          return true;
        }
      }
      return false;
    }
  }

  private static boolean newer(Path file) throws IOException {
    return Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(FILE)) > 0;
  }
}
