// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A new and empty folder for what a server keeps, to be deleted with all that is in it. */
public record DataFolder(Path path) {

  public static DataFolder create(Path parent, String prefix) throws IOException {
    return new DataFolder(Files.createTempDirectory(parent, prefix));
  }

  public void delete() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
