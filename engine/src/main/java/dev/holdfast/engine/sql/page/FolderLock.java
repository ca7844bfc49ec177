// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a folder from being used twice at once; it ends with the process at the latest. */
final class FolderLock implements AutoCloseable {
  private static final String NAME = "lock";

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Locks a folder.
   *
   * @throws IOException if it is locked already
   */
  static FolderLock of(Path folder) throws IOException {
    // An interrupt is for the object's code, and would close the channel.
    boolean interrupted = Thread.interrupted();
    FileChannel channel = null;
    FileLock lock = null;
    try {
      channel =
          FileChannel.open(
              folder.resolve(NAME), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
      lock = tryLock(channel);
      if (lock == null) {
        throw new IOException(
            "%s: expected a folder for scratch files that is used by nobody, found it locked by another node; give each node a folder of its own, or stop the other"
                .formatted(folder));
      }
      return new FolderLock(channel);
    } finally {
      if (channel != null && lock == null) {
        channel.close();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // By this process.
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
