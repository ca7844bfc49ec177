// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file {@value #NAME} in a data directory, by which a command finds the node: a line each for
 * its port on loopback, its token and its process id. Only the owner can read it. After a crash it
 * is left and leads nowhere.
 *
 * @param port where the node listens
 * @param token what a command has to know
 * @param pid the node's process
 */
record ControlFile(int port, String token, long pid) {
  static final String NAME = "control";

  private static final String PARTIAL = NAME + ".partial";

  /** Puts the file in place, whole or not at all. */
  void write(Path data) throws IOException {
    Path partial = data.resolve(PARTIAL);
    // Its permissions count only where it is made.
    Files.deleteIfExists(partial);
    Files.newByteChannel(
            partial,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            ownerOnly(data))
        .close();
    Files.write(partial, List.of(Integer.toString(port), token, Long.toString(pid)));
    Files.move(partial, data.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
    FileStore store = Files.getFileStore(folder);
    return store.supportsFileAttributeView("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * What the file says; null if there is none, or not a whole one.
   *
   * @throws IOException if it cannot be read
   */
  static @Nullable ControlFile read(Path data) throws IOException {
    try {
      List<String> lines = Files.readAllLines(data.resolve(NAME));
      return lines.size() == 3
          ? new ControlFile(
              Integer.parseInt(lines.get(0)), lines.get(1), Long.parseLong(lines.get(2)))
          : null;
    } catch (NoSuchFileException | NumberFormatException e) {
      return null;
    }
  }

  /** Removes the file, unless it is another node's by now. */
  void delete(Path data) throws IOException {
    if (equals(read(data))) {
      Files.deleteIfExists(data.resolve(NAME));
    }
  }

  @Override
  public String toString() {
    return "process " + pid + " on port " + port;
  }
}
