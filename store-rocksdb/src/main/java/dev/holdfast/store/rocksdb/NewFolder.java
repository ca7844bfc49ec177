// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that appears whole, or not at all. It grows beside its place under a name that ends in
 * {@code .partial}, and is moved there when it is complete and on disk. What a killed process left
 * under that name is removed by the next that wants the same place, and nothing else is. For one
 * thread.
 */
final class NewFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NewFolder.class);

  private final Path place;
  private final Path partial;
  private final DirectoryLock lock;
  private boolean published;

  private NewFolder(Path place, Path partial, DirectoryLock lock) {
    this.place = place;
    this.partial = partial;
    this.lock = lock;
  }

  /**
   * Begins a folder that only its owner can look into.
   *
   * @param place where it is to be; its parent is there
   * @throws StorageException if something is there already, or somebody is making it, or what is
   *     where it is to grow was not left by the making of another
   */
  static NewFolder begin(Path place) throws IOException {
    Path partial = place.resolveSibling(place.getFileName() + ".partial");
    refuseExisting(place);
    if (Files.exists(partial, LinkOption.NOFOLLOW_LINKS)) {
      GrowingFolder.requireLeft(partial);
    } else {
      GrowingFolder.create(partial);
    }
    DirectoryLock lock = lock(place, partial);
    try {
      // Who had the lock before may have finished.
      refuseExisting(place);
      lock.sign();
      try {
        StoreLayout.clear(partial, GrowingFolder.LOCK, GrowingFolder.MARK);
      } catch (IOException e) {
        throw GrowingFolder.stuck(partial, e);
      }
      GrowingFolder.mark(partial);
      return new NewFolder(place, partial, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static void refuseExisting(Path place) {
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      throw new StorageException(
          place + " exists already; name a folder that does not, or remove it first",
          Outcome.NOT_APPLIED,
          false,
          null);
    }
  }

  private static DirectoryLock lock(Path place, Path partial) throws IOException {
    try {
      return DirectoryLock.acquire(partial, partial.resolve(GrowingFolder.LOCK));
    } catch (StorageException e) {
      if (DirectoryLock.isTaken(e)) {
        throw new StorageException(
            place + " is being made by another process; wait for it, or name another folder",
            Outcome.NOT_APPLIED,
            true,
            e);
      }
      throw e;
    }
  }

  private static Path parent(Path place) {
    return Objects.requireNonNull(place.getParent(), "the place is absolute, and not the root");
  }

  /** Where it grows. Has a file {@code lock}, which stays in it when it is published. */
  Path path() {
    return partial;
  }

  /**
   * Puts it in place. All that is in it must be on disk, but for the names at the top.
   *
   * <p>The mark goes last. Without it the folder could not be told from anybody else's, if the
   * process was killed before it is in place; after that, the mark says nothing any more.
   *
   * @throws IOException if it could not be put there
   * @throws StorageException if it is there, but it is not known whether it stays
   */
  void publish(Backups.Steps steps) throws IOException {
    StoreLayout.syncFolder(partial);
    Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
    published = true;
    steps.accept("moved");
    GrowingFolder.settle(place, parent(place));
    steps.accept("in place");
    try {
      GrowingFolder.unmark(place);
    } catch (IOException e) {
      LOG.warn("cannot delete {} in {}, which is whole all the same", GrowingFolder.MARK, place, e);
    }
  }

  /** Ends it; unless it was published, nothing is left of it. */
  @Override
  public void close() throws IOException {
    try (lock) {
      if (!published) {
        StoreLayout.delete(partial);
      }
    }
  }
}
