// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/** Keeps a folder from being used twice at once; it ends with the process at the latest. */
final class FolderLock implements AutoCloseable {
  private static final String NAME = "lock";

  /** The folders that this process has locked: a second channel that is closed drops the lock. */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path folder;
  private final FileChannel channel;

  private FolderLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Locks a folder.
   *
   * @throws IOException if it is locked already
   */
  static FolderLock of(Path folder) throws IOException {
    synchronized (HELD) {
      Path real = folder.toRealPath();
      if (HELD.contains(real)) {
        throw taken(folder, "another node of this process");
      }
      FolderLock lock = lock(folder, real);
      HELD.add(real);
      return lock;
    }
  }

  private static FolderLock lock(Path folder, Path real) throws IOException {
    // An interrupt is for the object's code, and would close the channel.
    boolean interrupted = Thread.interrupted();
    FileChannel channel = null;
    FileLock lock = null;
    try {
      channel =
          FileChannel.open(
              folder.resolve(NAME), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
      lock = channel.tryLock();
      if (lock == null) {
        throw taken(folder, "another node");
      }
      return new FolderLock(real, channel);
    } finally {
      if (channel != null && lock == null) {
        channel.close();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static IOException taken(Path folder, String by) {
    return new IOException(
        "%s: expected a folder for scratch files that is used by nobody, found it locked by %s; give each node a folder of its own, or stop the other"
            .formatted(folder, by));
  }

  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      HELD.remove(folder);
      channel.close();
    }
  }
}
