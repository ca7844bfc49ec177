// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The floor's cache of loaded and linked classes, from a run of training: ours has one too, so
 * without it the two would not start on the same terms.
 */
final class FloorCache {
  static final Path FILE = Path.of("benchmarks/target/floor.aot");
  private static final Path FOLDER = Path.of("benchmarks/target");

  /** As many as the training of ours sends. */
  private static final int REQUESTS = 200;

  private FloorCache() {}

  /** Makes the cache anew if what it was made of has changed. */
  static void refresh() throws IOException, InterruptedException {
    if (Files.exists(FILE) && !stale()) {
      return;
    }
    Files.deleteIfExists(FILE);
    RunningServer floor =
        RunningServer.start(
            Contender.FLOOR, new LaunchOptions(0, "-XX:AOTCacheOutput=" + FILE), FOLDER);
    try {
      for (int i = 0; i < REQUESTS / 2; i++) {
        String counter = "c" + i % 10;
        long value = floor.increment(counter);
        if (floor.value(counter) != value) {
          throw new IOException("the floor forgot an increment of the counter " + counter);
        }
      }
      floor.stop();
    } finally {
      floor.discard();
    }
    if (!Files.exists(FILE)) {
      throw new IOException("the floor's run of training left no cache in " + FILE);
    }
  }

  private static boolean stale() throws IOException {
    return newerJarIn(FOLDER) || newerJarIn(FOLDER.resolve("lib"));
  }

  private static boolean newerJarIn(Path folder) throws IOException {
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
      for (Path jar : jars) {
        if (Files.getLastModifiedTime(jar).compareTo(Files.getLastModifiedTime(FILE)) > 0) {
          return true;
        }
      }
      return false;
    }
  }
}
