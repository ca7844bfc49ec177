// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders that hold the classes of an app, each named for what they were made from and never
 * changed: code that was loaded from one goes on finding its classes there while the next is made.
 * Not thread-safe.
 */
final class ClassFolders {
  private static final Logger log = LoggerFactory.getLogger(ClassFolders.class);

  /** How many stay without being asked for: what is about to run, and what Maven built for it. */
  private static final int KEPT = 4;

  private static final int ATTEMPTS = 5;
  private static final String REHEARSAL = "rehearsal";

  private final Path parent;

  /** Those that were handed out last: their classes may be about to be used. */
  private final Deque<Path> used = new ArrayDeque<>();

  /** Those that classes are used from. */
  private Set<Path> kept = Set.of();

  ClassFolders(Path parent) {
    this.parent = parent;
  }

  /** Makes a folder's content. */
  @FunctionalInterface
  interface Content {
    /**
     * Makes it.
     *
     * @param target an empty folder
     */
    void into(Path target) throws IOException;
  }

  /** Whether there is a folder of that name. */
  boolean has(String name) {
    return Files.isDirectory(parent.resolve(name));
  }

  /** The folder of that name, which is there. */
  Path use(String name) {
    return used(parent.resolve(name));
  }

  /** The folders that these paths are in stay; those that were named before may go. */
  void keep(Collection<Path> paths) {
    kept =
        paths.stream()
            .filter(path -> path.startsWith(parent))
            .map(path -> parent.resolve(parent.relativize(path).getName(0)))
            .collect(Collectors.toSet());
  }

  private Path used(Path folder) {
    used.remove(folder);
    used.addLast(folder);
    if (used.size() > KEPT) {
      used.removeFirst();
    }
    return folder;
  }

  /**
   * Makes a folder, whole or not at all, and deletes those that were handed out long ago.
   *
   * @param name tells what it is made from; asked again afterwards, since files may be saved while
   *     they are read
   * @throws AppException if what it is made from never holds still
   */
  Path make(Supplier<String> name, Content content) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String before = name.get();
      Path fresh = fill("new", content);
      if (name.get().equals(before)) {
        return publish(fresh, parent.resolve(before));
      }
    }
    throw new AppException("the files of the app change while they are read; save one again");
  }

  private Path publish(Path fresh, Path folder) {
    try {
      delete(folder);
      Files.move(fresh, folder);
      used(folder);
      for (Path other : list(parent)) {
        if (!used.contains(other) && !kept.contains(other)) {
          delete(other);
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder, e);
    }
  }

  private Path fill(String name, Content content) {
    Path folder = parent.resolve(name);
    try {
      delete(folder);
      Files.createDirectories(folder);
      content.into(folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder, e);
    }
  }

  /**
   * Makes a folder that is deleted again.
   *
   * @param check asked about that folder
   * @return false also if it does not compile
   */
  boolean rehearse(Content content, Predicate<Path> check) {
    try {
      return check.test(fill(REHEARSAL, content));
    } catch (AppException e) {
      return false;
    } finally {
      Path rehearsal = parent.resolve(REHEARSAL);
      try {
        delete(rehearsal);
      } catch (IOException e) {
        log.warn("cannot delete {}", rehearsal, e);
      }
    }
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
