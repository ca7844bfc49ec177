// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The folders that hold what this platform has compiled of an app, each named for what it was
 * compiled from and never changed: code that was loaded from one goes on finding its classes there
 * while the next is made. Not thread-safe.
 */
final class ClassFolders {
  /** What runs, what ran before, and what is about to run. */
  private static final int KEPT = 3;

  private final Path parent;

  /** Those that were handed out last: their classes may be in use. */
  private final Deque<Path> used = new ArrayDeque<>();

  ClassFolders(Path parent) {
    this.parent = parent;
  }

  /** Makes a folder's content. */
  @FunctionalInterface
  interface Compilation {
    /**
     * Compiles.
     *
     * @param target an empty folder
     */
    void into(Path target) throws IOException;
  }

  /** Whether there is a folder for those inputs. */
  boolean has(BuildInputs inputs) {
    return Files.isDirectory(folder(inputs));
  }

  /** The folder for those inputs, which is there. */
  Path use(BuildInputs inputs) {
    return used(folder(inputs));
  }

  private Path used(Path folder) {
    used.remove(folder);
    used.addLast(folder);
    if (used.size() > KEPT) {
      used.removeFirst();
    }
    return folder;
  }

  /** Makes the folder for those inputs, whole or not at all, and deletes older ones. */
  Path make(BuildInputs inputs, Compilation compilation) {
    Path folder = folder(inputs);
    Path fresh = parent.resolve("new");
    try {
      delete(fresh);
      Files.createDirectories(fresh);
      compilation.into(fresh);
      Files.move(fresh, folder);
      used(folder);
      for (Path other : list(parent)) {
        if (!used.contains(other)) {
          delete(other);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder, e);
    }
    return folder;
  }

  /**
   * Compiles into a folder that is deleted again.
   *
   * @param check asked about that folder
   * @return false also if it does not compile
   */
  boolean rehearse(Compilation compilation, Predicate<Path> check) {
    Path rehearsal = parent.resolve("rehearsal");
    try {
      delete(rehearsal);
      Files.createDirectories(rehearsal);
      try {
        compilation.into(rehearsal);
        return check.test(rehearsal);
      } catch (AppException e) {
        return false;
      } finally {
        delete(rehearsal);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + rehearsal, e);
    }
  }

  private Path folder(BuildInputs inputs) {
    return parent.resolve(inputs.fingerprint());
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
