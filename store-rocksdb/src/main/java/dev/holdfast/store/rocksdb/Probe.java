// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file or folder that is made only to see what the disk makes of owners and permissions, and
 * deleted at once. One that a killed process left has nothing in it, and the next process that
 * makes one in the same folder removes it; since it may be one of a process that runs, that one
 * makes another.
 */
final class Probe {
  private static final String PREFIX = ".holdfast-";

  /** As {@link Files#createTempFile} makes them of the prefix. */
  private static final Pattern NAME = Pattern.compile(Pattern.quote(PREFIX) + "[0-9]+");

  private Probe() {}

  /** Looks at a probe. */
  @FunctionalInterface
  interface Look<T extends @Nullable Object> {
    T at(Path probe) throws IOException;
  }

  @FunctionalInterface
  private interface Making {
    Path make() throws IOException;
  }

  /** Has a file looked at that is made in a folder. */
  static <T extends @Nullable Object> T file(Path parent, Look<T> look) throws IOException {
    return probe(parent, () -> Files.createTempFile(parent, PREFIX, ""), look);
  }

  /** Has a folder looked at that is made in another, for its owner only. */
  static <T extends @Nullable Object> T folder(Path parent, Look<T> look) throws IOException {
    return probe(
        parent,
        () -> Files.createTempDirectory(parent, PREFIX, StoreLayout.ownerOnly(parent)),
        look);
  }

  private static <T extends @Nullable Object> T probe(Path parent, Making making, Look<T> look)
      throws IOException {
    removeLeft(parent);
    while (true) {
      Path probe = making.make();
      try {
        return look.at(probe);
      } catch (NoSuchFileException e) {
        if (!probe.toString().equals(e.getFile())) {
          throw e;
        }
      } finally {
        Files.deleteIfExists(probe);
      }
    }
  }

  /** Whether something is called like one. */
  private static boolean isNamed(String name) {
    return NAME.matcher(name).matches();
  }

  /** Removes those that killed processes left in a folder, as far as it may. */
  static void removeLeft(Path parent) throws IOException {
    if (!Files.isReadable(parent)) {
      return;
    }
    for (Path path : StoreLayout.list(parent, PREFIX + "*")) {
      if (isNamed(path.getFileName().toString())) {
        try {
          removeIfEmpty(path);
        } catch (IOException e) {
          // It has something in it, or went, or is another user's. It is in nobody's way.
        }
      }
    }
  }

  private static void removeIfEmpty(Path path) throws IOException {
    // A folder that has something in it cannot be deleted.
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
        || (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && Files.size(path) == 0)) {
      Files.delete(path);
    }
  }
}
