// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Folders that lie so deep in another that their paths are longer than the system takes, so that
 * whoever walks there fails, whichever user it is.
 *
 * @param upper the last of the upper half of them
 * @param beside where the lower half comes from, and goes when it is to be deleted
 */
record TooDeep(Path upper, Path beside) implements AutoCloseable {
  private static final String NAME = "x".repeat(250);
  private static final int HALF = 10;

  static TooDeep in(Path folder) throws IOException {
    TooDeep made = new TooDeep(nested(folder), Files.createTempDirectory("too-deep"));
    nested(Files.createDirectory(made.beside.resolve("lower")));
    Files.move(made.beside.resolve("lower"), made.upper.resolve("lower"));
    return made;
  }

  private static Path nested(Path folder) throws IOException {
    Path deepest = folder;
    for (int i = 0; i < HALF; i++) {
      deepest = deepest.resolve(NAME);
    }
    return Files.createDirectories(deepest);
  }

  /** Makes them such that they can be deleted. */
  @Override
  public void close() throws IOException {
    Files.move(upper.resolve("lower"), beside.resolve("lower"));
    Folders.delete(beside);
  }
}
