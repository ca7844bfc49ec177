// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A folder whose files are for everybody, and the guard of everything else. Thread-safe.
 *
 * <p>Names are taken as they are, decoded once by whoever calls. What has a name that could mean
 * something else than a file right there is not in the folder: empty, beginning with a dot, or with
 * a slash, a backslash or a NUL in it. Then links are followed, and what they lead to counts: it is
 * in the folder only if it is really below it and not hidden there. That holds at the moment of the
 * look, so whoever can put links below the folder is trusted.
 */
record PublicFolder(Path root) {

  /**
   * The real path of what has that path in the folder: a file, a folder or something else.
   *
   * @param names of the folders on the way, then its own
   * @return null if there is nothing, or nothing for everybody
   * @throws IOException if it cannot be told
   */
  @Nullable Path find(List<String> names) throws IOException {
    if (!names.stream().allMatch(PublicFolder::isPlain)) {
      return null;
    }
    String path = String.join("/", names);
    try {
      // Most requests are the worker's, and finding that out must not cost an exception.
      if (!Files.exists(root.resolve(path))) {
        return null;
      }
      Path top = root.toRealPath();
      Path real = top.resolve(path).toRealPath();
      return isIn(top, real) ? real : null;
    } catch (InvalidPathException e) {
      // No file of this system can have that name.
      return null;
    } catch (NoSuchFileException e) {
      // It was there a moment ago.
      return null;
    }
  }

  private static boolean isPlain(String name) {
    if (name.isEmpty() || name.charAt(0) == '.') {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '/' || c == '\\' || c == 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isIn(Path top, Path real) {
    if (!real.startsWith(top)) {
      return false;
    }
    for (Path name : top.relativize(real)) {
      if (name.toString().startsWith(".")) {
        return false;
      }
    }
    return true;
  }
}
