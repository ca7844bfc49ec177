// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a build was made of: path, size and time of every file, and the JDK. Compared as a whole, so
 * that a file removed or put back with an older time counts as a change too. Immutable.
 */
final class BuildInputs {
  private static final Set<String> SKIPPED = Set.of("target", "node_modules");

  private final String text;

  private BuildInputs(String text) {
    this.text = text;
  }

  /**
   * The inputs among the files below {@code roots}; folders that are hidden or hold outputs are
   * skipped, roots that do not exist are empty.
   */
  static BuildInputs below(List<Path> roots, Predicate<Path> included) {
    List<String> lines = new ArrayList<>();
    for (Path root : roots) {
      if (Files.exists(root)) {
        collect(root, included, lines);
      }
    }
    lines.sort(null);
    return new BuildInputs("jdk " + Runtime.version() + "\n" + String.join("\n", lines) + "\n");
  }

  /** Whether these are the inputs that {@code record} was written for. */
  boolean match(Path record) {
    try {
      return Files.exists(record) && Files.readString(record).equals(text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + record, e);
    }
  }

  /** Writes them down; call it when the build is done. */
  void write(Path record) {
    try {
      Files.writeString(record, text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + record, e);
    }
  }

  private static void collect(Path root, Predicate<Path> included, List<String> lines) {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              String name = String.valueOf(folder.getFileName());
              boolean skip =
                  !folder.equals(root) && (name.startsWith(".") || SKIPPED.contains(name));
              return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (included.test(file)) {
                lines.add(
                    "%s %d %d"
                        .formatted(
                            file, attributes.size(), attributes.lastModifiedTime().toMillis()));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + root, e);
    }
  }
}
