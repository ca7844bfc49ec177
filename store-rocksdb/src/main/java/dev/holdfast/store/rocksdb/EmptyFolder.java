// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A data directory that is there already and empty, as where a disk of its own is mounted, and is
 * to become a store. It cannot be put in place at once, so it has a folder in it until it is whole,
 * with which no store opens it. For one thread.
 */
final class EmptyFolder implements AutoCloseable {
  /** What may be in an empty folder. */
  private static final List<String> ALLOWED = List.of("lock", "lost+found");

  private final StoreLayout layout;
  private final DirectoryLock lock;
  private boolean published;

  private EmptyFolder(StoreLayout layout, DirectoryLock lock) {
    this.layout = layout;
    this.lock = lock;
  }

  /**
   * Begins to fill a folder. What a restore left there that did not come to its end is removed.
   *
   * @throws StorageException if there is something in it, or it is in use
   */
  static EmptyFolder begin(Path folder) throws IOException {
    StoreLayout layout = new StoreLayout(folder.toRealPath());
    requireEmpty(layout);
    DirectoryLock lock = DirectoryLock.acquire(layout.directory(), layout.lock());
    try {
      requireEmpty(layout);
      if (Files.exists(layout.restoring())) {
        clear(layout);
      }
      Files.createDirectory(layout.restoring());
      StoreLayout.syncFolder(layout.directory());
      return new EmptyFolder(layout, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Refuses a folder that is neither empty nor what an interrupted restore left. */
  static void requireEmpty(StoreLayout layout) throws IOException {
    List<String> found =
        StoreLayout.list(layout.directory(), "*").stream()
            .map(path -> path.getFileName().toString())
            .filter(name -> !ALLOWED.contains(name))
            .toList();
    if (!found.isEmpty() && !Files.exists(layout.restoring())) {
      throw new StorageException(
          "cannot restore into "
              + layout.directory()
              + ": expected a folder that is empty or not there, found "
              + found.stream().limit(5).toList()
              + " in it; stop the node that runs there and move the folder away, or name another",
          Outcome.NOT_APPLIED,
          false,
          null);
    }
  }

  /** Removes what a restore made, in the order in which no part of it is ever a store. */
  private static void clear(StoreLayout layout) throws IOException {
    StoreLayout.delete(layout.mark());
    StoreLayout.delete(layout.restored());
    StoreLayout.delete(layout.mirror());
    StoreLayout.delete(layout.database());
    StoreLayout.syncFolder(layout.directory());
    StoreLayout.delete(layout.restoring());
  }

  /** Where the store grows. */
  Path path() {
    return layout.restoring();
  }

  /** Makes a store of what has grown. All of it must be on disk, but for the names at the top. */
  void publish(Backups.Steps steps) throws IOException {
    StoreLayout.syncFolder(layout.restoring());
    for (Path part : StoreLayout.list(layout.restoring(), "*")) {
      Files.move(
          part, layout.directory().resolve(part.getFileName()), StandardCopyOption.ATOMIC_MOVE);
      steps.accept("moved " + part.getFileName());
    }
    StoreLayout.syncFolder(layout.directory());
    StoreLayout.delete(layout.restoring());
    published = true;
    StoreLayout.syncFolder(layout.directory());
  }

  /** Ends it; unless it was published, the folder is as empty as before. */
  @Override
  public void close() throws IOException {
    try (lock) {
      if (!published) {
        clear(layout);
      }
    }
  }
}
