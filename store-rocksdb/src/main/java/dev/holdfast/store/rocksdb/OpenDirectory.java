// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A data directory that this store has for itself.
 *
 * @param layout where its files lie
 * @param lock keeps others out
 * @param mark its mark file
 */
record OpenDirectory(StoreLayout layout, DirectoryLock lock, MarkFile mark) {

  /**
   * Makes a directory if there is none, which then only its owner can look into; locks it, and
   * reads or makes its mark file. One that is no store, and not empty, stays as it is.
   */
  static OpenDirectory open(Path directory, boolean acceptLoss) {
    try {
      StoreLayout layout = new StoreLayout(made(directory).toRealPath());
      try {
        // Nothing is changed before, not even by a lock.
        Recovery.require(layout, acceptLoss);
      } catch (StorageException refusal) {
        if (!isLockable(layout)) {
          throw refusal;
        }
        // A restore may be why, which is under way or has ended since. The lock tells, and what is
        // found behind it stands.
      }
      return locked(layout, acceptLoss);
    } catch (IOException | RuntimeException | LinkageError e) {
      if (e instanceof StorageException known) {
        throw known;
      }
      throw new StorageException(
          "cannot open the store in " + directory + ": " + reason(e),
          Outcome.NOT_APPLIED,
          !(e instanceof LinkageError),
          e);
    }
  }

  /** Whether a lock changes nothing in the directory. */
  private static boolean isLockable(StoreLayout layout) {
    return Files.isRegularFile(layout.lock(), LinkOption.NOFOLLOW_LINKS)
        && Files.isWritable(layout.lock());
  }

  private static OpenDirectory locked(StoreLayout layout, boolean acceptLoss) throws IOException {
    DirectoryLock lock = DirectoryLock.acquire(layout.directory(), layout.lock());
    try {
      Recovery.Found found = Recovery.require(layout, acceptLoss);
      lock.sign();
      return new OpenDirectory(layout, lock, accepted(layout, found));
    } catch (IOException | RuntimeException | LinkageError e) {
      lock.close();
      throw e;
    }
  }

  /** The mark file of a directory that is a store, of which all is taken away that is none. */
  private static MarkFile accepted(StoreLayout layout, Recovery.Found found) throws IOException {
    MarkFile mark = Recovery.mark(layout, found);
    try {
      // One that is no store may be a restore that did not come to its end, so it stays marked as
      // one, and the next restore may remove it.
      GrowingFolder.unmark(layout.directory());
      Probe.removeLeft(layout.directory());
      // Left by a process that was killed while it made a backup, or at the end of a restore.
      StoreLayout.delete(layout.checkpoint());
      StoreLayout.delete(layout.restoreDone());
      NativeLibrary.load(layout.nativeLibrary());
      return mark;
    } catch (IOException | RuntimeException | LinkageError e) {
      mark.close();
      throw e;
    }
  }

  private static Path made(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Path absolute = directory.toAbsolutePath();
      Files.createDirectories(Objects.requireNonNull(absolute.getParent(), "the root is there"));
      try {
        StoreLayout.createPrivate(absolute);
      } catch (FileAlreadyExistsException e) {
        // Another process may have been faster: the lock tells them apart.
        if (!Files.isDirectory(directory)) {
          throw e;
        }
      }
    }
    return directory;
  }

  private static String reason(Throwable failure) {
    return switch (failure) {
      case FileAlreadyExistsException file ->
          file.getFile() + " is a file; name a folder, or one that can be made";
      case AccessDeniedException denied ->
          "no permission for "
              + denied.getFile()
              + "; give it to this user, or name another folder";
      default -> failure.toString();
    };
  }

  /** Lets others in. */
  void close() {
    try (lock) {
      mark.close();
    } catch (IOException e) {
      throw new StorageException(
          "cannot close the store in " + layout.directory() + ": " + e.getMessage(),
          Outcome.UNKNOWN,
          false,
          e);
    }
  }
}
