// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.server.control.ControlException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A folder for files of one performance of a task, which removes it at its end. What a process has
 * left that was killed is removed by the next one: only who has the store is here.
 */
final class Scratch implements AutoCloseable {
  private static final String PREFIX = "inspect-";

  /** What must be left on the disk: the store takes no commits when less is. */
  private static final long RESERVE_BYTES = 512L << 20;

  private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

  private final Path folder;

  private Scratch(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes one.
   *
   * @param parent in which folder
   */
  static Scratch open(Path parent) throws IOException {
    Files.createDirectories(parent);
    synchronized (IN_USE) {
      try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, PREFIX + "*")) {
        for (Path each : left) {
          if (!IN_USE.contains(each)) {
            remove(each);
          }
        }
      }
      Path made = Files.createTempDirectory(parent, PREFIX);
      IN_USE.add(made);
      return new Scratch(made);
    }
  }

  /** A file in it. */
  Path file(String name) {
    return folder.resolve(name);
  }

  /**
   * Refuses to fill the disk.
   *
   * @param bytes how much is going to be written
   */
  void requireRoom(long bytes) throws IOException {
    long usable = Files.getFileStore(folder).getUsableSpace();
    if (usable - bytes < RESERVE_BYTES) {
      throw new ControlException(
          "expected room for %d bytes in %s and %d to spare, found %d; make room"
              .formatted(bytes, folder, RESERVE_BYTES, usable));
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      remove(folder);
    } finally {
      IN_USE.remove(folder);
    }
  }
}
