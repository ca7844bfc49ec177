// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The files below a folder, which may be a link to one; links to folders below it are not followed.
 * Immutable; the files are those of the moment.
 *
 * @param root the folder
 */
record FileTree(Path root) {

  /** The files by their paths below the folder, in order. */
  List<Path> files() throws IOException {
    Path real = root.toRealPath();
    try (Stream<Path> files = Files.walk(real)) {
      return files.filter(Files::isRegularFile).map(real::relativize).sorted().toList();
    }
  }

  /**
   * Copies files to the same place below another folder. One that goes meanwhile is left out.
   *
   * @param which those to copy, by their paths below this folder
   */
  void copyTo(Path target, Predicate<Path> which) throws IOException {
    Files.createDirectories(target);
    for (Path file : files()) {
      if (which.test(file)) {
        Path copy = target.resolve(file.toString());
        Files.createDirectories(copy.getParent());
        try {
          Files.copy(root.resolve(file.toString()), copy);
        } catch (NoSuchFileException e) {
          // Whoever asks what changed meanwhile hears of it.
        }
      }
    }
  }
}
