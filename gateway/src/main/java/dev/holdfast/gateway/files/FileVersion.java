// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What tells one version of a file from another without reading it. Immutable.
 *
 * @param path its real path
 * @param bytes how long it is
 * @param modified when it was changed, as exactly as the file system knows
 * @param key what the file system knows the file by, which a new one under its name does not have
 */
record FileVersion(Path path, long bytes, Instant modified, @Nullable Object key) {

  static FileVersion of(Path path, BasicFileAttributes attributes) {
    return new FileVersion(
        path, attributes.size(), attributes.lastModifiedTime().toInstant(), attributes.fileKey());
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
}
