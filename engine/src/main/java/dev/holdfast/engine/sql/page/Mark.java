// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A small file beside the files of an object, which tells later processes what is in one of them.
 *
 * <p>It says of which commit that file is, and when it was written to last: so it is not taken for
 * that if others have put an older one in its place. It is made when the file is certainly on disk,
 * and is certainly empty on disk before the file changes.
 */
final class Mark {
  static final String SUFFIX = ".mark";
  private static final String FORMAT = "holdfast scratch 1";

  private final Path path;

  Mark(Path path) {
    this.path = path;
  }

  /**
   * The name of the file that it is about; empty if there is none.
   *
   * @throws IOException if it cannot be read
   */
  String file() throws IOException {
    List<String> lines = Files.readAllLines(path, StandardCharsets.UTF_8);
    return lines.size() < 2 ? "" : lines.get(1);
  }

  /** Whether it says that a file has the content of that commit. */
  boolean says(Path file, Head head) throws IOException {
    return isWhole(file, head)
        && Files.readAllLines(path, StandardCharsets.UTF_8).equals(describe(file, head));
  }

  private static boolean isWhole(Path file, Head head) throws IOException {
    return Files.isRegularFile(file) && Files.size(file) == head.bytes();
  }

  private static List<String> describe(Path file, Head head) throws IOException {
    return List.of(
        FORMAT,
        String.valueOf(file.getFileName()),
        "commit %d %016x".formatted(head.seq(), head.stamp()),
        "pages %d of %d".formatted(head.pages(), head.pageBytes()),
        "written %d".formatted(Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS)),
        "end");
  }

  /** Says that a file that is closed has the content of that commit. */
  void make(Path file, Head head) throws IOException {
    sync(file);
    Files.write(path, describe(file, head), StandardCharsets.UTF_8);
    sync(path);
    sync(ScratchFile.parent(path));
  }

  /** Says nothing from now on; that is certainly on disk. */
  void empty() throws IOException {
    try {
      sync(path, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    } catch (NoSuchFileException e) {
      // It says nothing already, and must not come back when the machine dies.
      if (Files.isDirectory(ScratchFile.parent(path))) {
        sync(ScratchFile.parent(path));
      }
    }
  }

  /** Makes sure that a file, or the list of names in a folder, is on disk. */
  private static void sync(Path path) throws IOException {
    sync(path, StandardOpenOption.READ);
  }

  /** An interrupt closes the channel: it is for the object's code, and has to wait. */
  private static void sync(Path path, OpenOption... how) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try (FileChannel channel = FileChannel.open(path, Set.of(how))) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
