// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What tells one version of a file from another without reading it. Immutable.
 *
 * @param path its real path
 * @param bytes how long it is
 * @param modified when its content was changed, as exactly as the file system knows; programs set
 *     it as they like
 * @param changed when anything about it was changed, by the clock of the system alone; {@code
 *     modified} where the file system does not note it
 * @param key what the file system knows the file by, which a new one under its name does not have
 */
record FileVersion(Path path, long bytes, Instant modified, Instant changed, @Nullable Object key) {
  /** The view of Unix file systems with the time of the last change, and its name there. */
  private static final String UNIX = "unix";

  private static final String CHANGED = UNIX + ":ctime";

  /**
   * The version of a file that has these attributes; null if it is gone. The time of the change is
   * read last: if the file changes in between, this is a version that never was, or the new one.
   */
  static @Nullable FileVersion of(Path path, BasicFileAttributes attributes) throws IOException {
    Instant modified = attributes.lastModifiedTime().toInstant();
    Instant changed = modified;
    if (path.getFileSystem().supportedFileAttributeViews().contains(UNIX)) {
      try {
        Object time = Files.getAttribute(path, CHANGED, LinkOption.NOFOLLOW_LINKS);
        changed = ((FileTime) time).toInstant();
      } catch (NoSuchFileException e) {
        return null;
      }
    }
    return new FileVersion(path, attributes.size(), modified, changed, attributes.fileKey());
  }

  /** The attributes of what is there now, links not followed; null if nothing is. */
  static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Whether the file is still this version. */
  boolean isCurrent() throws IOException {
    BasicFileAttributes now = attributes(path);
    return now != null && now.isRegularFile() && equals(of(path, now));
  }

  /** What became of the version. */
  enum State {
    /** It is there. */
    CURRENT,

    /** The same file has another content now, or may have. */
    CHANGED,

    /** Its name is gone, or now that of another file: of this one it tells nothing any more. */
    REPLACED
  }

  /** What became of it by now. */
  State state() throws IOException {
    BasicFileAttributes now = attributes(path);
    if (now == null || (key != null && !key.equals(now.fileKey()))) {
      return State.REPLACED;
    }
    FileVersion current = of(path, now);
    if (current == null) {
      return State.REPLACED;
    }
    return equals(current) ? State.CURRENT : State.CHANGED;
  }
}
