// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A data directory that is there already and empty, as where a disk of its own is mounted, and is
 * to become a store. It cannot be put in place at once, so it has a folder in it until it is whole,
 * with which no store opens it. For one thread.
 *
 * <p>The store grows in that folder, gets a file {@value #MOVING} there when it is complete, and is
 * then moved out part by part. So what lies beside that folder is of the restore only if the file
 * is there and the part is not.
 */
final class EmptyFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmptyFolder.class);

  /** In the folder in which the store grows, from when its parts are moved out of it. */
  private static final String MOVING = "moving";

  /** The parts, in an order in which no rest of them is a store when they are deleted. */
  private static final List<String> PARTS = List.of("mark", "restored", "mirror", "rocksdb");

  private final StoreLayout layout;
  private final DirectoryLock lock;
  private boolean published;

  private EmptyFolder(StoreLayout layout, DirectoryLock lock) {
    this.layout = layout;
    this.lock = lock;
  }

  /**
   * Begins to fill a folder. What a restore left there that did not come to its end is removed, and
   * nothing else.
   *
   * @throws StorageException if there is something else in it, or it is in use
   */
  static EmptyFolder begin(Path folder) throws IOException {
    StoreLayout layout = new StoreLayout(folder.toRealPath());
    requireEmpty(layout);
    DirectoryLock lock = DirectoryLock.acquire(layout.directory(), layout.lock());
    try {
      requireEmpty(layout);
      lock.sign();
      // As what another restore left, the folder would be removed with all that is in it.
      GrowingFolder.unmark(layout.directory());
      if (isLeft(layout)) {
        try {
          clear(layout);
        } catch (IOException e) {
          throw GrowingFolder.stuck(layout.restoring(), e);
        }
      }
      GrowingFolder.create(layout.restoring());
      GrowingFolder.mark(layout.restoring());
      StoreLayout.syncFolder(layout.directory());
      return new EmptyFolder(layout, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Refuses a folder that is neither empty nor what an interrupted restore left. */
  static void requireEmpty(StoreLayout layout) throws IOException {
    List<String> found = layout.content();
    if (!isLeft(layout)) {
      require(
          found.isEmpty(),
          layout,
          "expected a folder that is empty or not there, found "
              + found.stream().limit(5).toList()
              + " in it; stop the node that runs there and move the folder away, or name another");
      return;
    }
    GrowingFolder.requireLeft(layout.restoring());
    List<String> beside =
        found.stream()
            .filter(name -> !layout.directory().resolve(name).equals(layout.restoring()))
            .filter(name -> !isMoved(layout, name))
            .toList();
    require(
        beside.isEmpty(),
        layout,
        "a restore did not come to its end there, but "
            + beside.stream().limit(5).toList()
            + " is not of it; if that is a store that you want, remove "
            + layout.restoring()
            + " and start the node, else move the folder away, or name another");
  }

  private static void require(boolean holds, StoreLayout layout, String otherwise) {
    if (!holds) {
      throw new StorageException(
          "cannot restore into " + layout.directory() + ": " + otherwise,
          Outcome.NOT_APPLIED,
          false,
          null);
    }
  }

  private static boolean isLeft(StoreLayout layout) {
    return Files.exists(layout.restoring(), LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether what has that name in the directory was moved there by the restore. */
  private static boolean isMoved(StoreLayout layout, String name) {
    return PARTS.contains(name)
        && Files.exists(layout.restoring().resolve(MOVING))
        && !Files.exists(layout.restoring().resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  /** Removes what a restore made, in the order in which no part of it is ever a store. */
  private static void clear(StoreLayout layout) throws IOException {
    for (String part : PARTS) {
      if (isMoved(layout, part)) {
        StoreLayout.delete(layout.directory().resolve(part));
      }
    }
    // An interrupt may be why it ends, and must not leave half of it.
    StoreLayout.syncFolderUninterruptibly(layout.directory());
    StoreLayout.delete(layout.restoring());
  }

  /** Where the store grows. */
  Path path() {
    return layout.restoring();
  }

  /**
   * Makes a store of what has grown. All of it must be on disk, but for the names at the top.
   *
   * @throws IOException if it could not be made one
   * @throws StorageException if it is one, but it is not known whether it stays
   */
  void publish(Backups.Steps steps) throws IOException {
    StoreLayout.replace(layout.restoring().resolve(MOVING), new byte[0]);
    steps.accept("complete");
    for (Path part : StoreLayout.list(layout.restoring(), "*")) {
      if (!part.endsWith(MOVING) && !part.endsWith(GrowingFolder.MARK)) {
        Files.move(
            part, layout.directory().resolve(part.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        steps.accept("moved " + part.getFileName());
      }
    }
    StoreLayout.syncFolder(layout.directory());
    // At once: half of that folder would neither be a restore to repeat nor let a store open.
    Files.move(layout.restoring(), layout.restoreDone(), StandardCopyOption.ATOMIC_MOVE);
    published = true;
    steps.accept("moved");
    GrowingFolder.settle(layout.directory(), layout.directory());
    steps.accept("in place");
    try {
      StoreLayout.delete(layout.restoreDone());
    } catch (IOException e) {
      LOG.warn("cannot delete {}; the first start there does", layout.restoreDone(), e);
    }
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
