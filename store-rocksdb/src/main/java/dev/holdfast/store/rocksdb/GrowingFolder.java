// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A folder in which something grows that is to be put in place when it is whole. Only its owner can
 * look into it, and a file {@value #MARK} in it says what it is. One that is there already may have
 * been left by a process that was killed; whoever wants to empty it asks first, so that nothing of
 * anybody else's is lost.
 */
final class GrowingFolder {
  /** Begins with a dot, so that it goes last when the folder is deleted. */
  static final String MARK = ".unfinished";

  /** The name of a lock in it. */
  static final String LOCK = "lock";

  private GrowingFolder() {}

  /** Makes one, which is to be marked before anything but a lock is put into it. */
  static void create(Path folder) throws IOException {
    StoreLayout.createPrivate(folder);
  }

  /** Marks one, if it is not marked yet. */
  static void mark(Path folder) throws IOException {
    if (!isMarked(folder)) {
      Files.createFile(folder.resolve(MARK));
    }
  }

  /** Takes the mark away from a folder that is in place, if it still has it, for good. */
  static void unmark(Path folder) throws IOException {
    if (Files.deleteIfExists(folder.resolve(MARK))) {
      StoreLayout.syncFolderUninterruptibly(folder);
    }
  }

  /**
   * Waits until what was moved to its place is there on disk. An interrupt comes too late, and is
   * kept.
   *
   * @param place what is whole
   * @param folder where the name is that the move made
   * @throws StorageException if the disk fails: nothing more can be said of it then
   */
  static void settle(Path place, Path folder) {
    try {
      StoreLayout.syncFolderUninterruptibly(folder);
    } catch (IOException e) {
      throw new StorageException(
          "%s is whole and in place, but then the disk failed: %s; see whether it is still there when the disk works again"
              .formatted(place, e),
          Outcome.UNKNOWN,
          false,
          e);
    }
  }

  /** What is thrown when one that was left cannot be removed. */
  static StorageException stuck(Path folder, IOException cause) {
    return new StorageException(
        "cannot remove what a killed backup or restore left in %s: %s; remove it, or name another folder"
            .formatted(folder, cause),
        Outcome.NOT_APPLIED,
        true,
        cause);
  }

  private static boolean isMarked(Path folder) {
    return Files.isRegularFile(folder.resolve(MARK), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Makes sure that a folder that is there was left by a process of this user: it is no link, has
   * the owner and the permissions that a new one has, and is marked, or has nothing in it yet but a
   * lock. Changes nothing.
   *
   * @throws StorageException if it is something else; says what, and what to do
   */
  static void requireLeft(Path folder) throws IOException {
    String found = foreign(folder);
    if (found != null) {
      throw new StorageException(
          folder
              + " is in the way, and not what a backup or restore of this user left: "
              + found
              + "; move it away, or name another folder",
          Outcome.NOT_APPLIED,
          false,
          null);
    }
  }

  /** What shows that it is not one that was left; null if nothing does. */
  private static @Nullable String foreign(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return "it is no folder";
    }
    String other = otherThanNew(folder);
    if (other != null) {
      return other;
    }
    return isMarked(folder)
            || StoreLayout.list(folder, "*").stream().allMatch(path -> path.endsWith(LOCK))
        ? null
        : "it has no file " + MARK;
  }

  /**
   * How it differs from one that is made beside it now, which shows what the disk makes of owners
   * and permissions; null if it does not.
   */
  private static @Nullable String otherThanNew(Path folder) throws IOException {
    return Probe.<@Nullable String>folder(parent(folder), fresh -> difference(folder, fresh));
  }

  private static @Nullable String difference(Path folder, Path fresh) throws IOException {
    UserPrincipal owner = Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS);
    UserPrincipal own = Files.getOwner(fresh, LinkOption.NOFOLLOW_LINKS);
    if (!owner.equals(own)) {
      return "it belongs to %s, and what is made here to %s"
          .formatted(owner.getName(), own.getName());
    }
    String permissions = permissions(folder);
    String expected = permissions(fresh);
    return permissions.equals(expected)
        ? null
        : "its permissions are %s, expected %s".formatted(permissions, expected);
  }

  private static String permissions(Path folder) throws IOException {
    return StoreLayout.knowsPermissions(folder)
        ? PosixFilePermissions.toString(
            Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .permissions())
        : "";
  }

  private static Path parent(Path folder) {
    return Objects.requireNonNull(folder.getParent(), "it is absolute, and not the root");
  }
}
