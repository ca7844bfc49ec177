// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The exclusive right to a data directory: a locked file that holds the id of the process that has
 * it. The operating system drops the lock when the process ends, however it ends.
 */
final class DirectoryLock implements AutoCloseable {
  /**
   * Directories locked by this process. Asked first, because opening and closing the file a second
   * time would drop the lock that this process has on it.
   */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Takes the right to a directory that exists. What the file says stays until it is {@linkplain
   * #sign signed}.
   *
   * @param file the one to lock, made if there is none
   * @throws StorageException if somebody else has it, which is retryable, or the file is none,
   *     which is not: a link would lead to a file that is not the directory's
   */
  static DirectoryLock acquire(Path directory, Path file) throws IOException {
    Path real = directory.toRealPath();
    synchronized (HELD) {
      if (HELD.contains(real)) {
        throw taken(directory, "by this process");
      }
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new StorageException(
            "cannot lock %s: expected a file of its own at %s, found a link or something else; remove it"
                .formatted(directory, file),
            Outcome.NOT_APPLIED,
            false,
            null);
      }
      FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
      try {
        FileLock lock = channel.tryLock();
        if (lock == null) {
          // It may be somebody else's file, with anything in it.
          String pid = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
          boolean known = pid.matches("[0-9]{1,19}");
          throw taken(directory, known ? "by the process with id " + pid : "by another process");
        }
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      HELD.add(real);
      return new DirectoryLock(real, channel);
    }
  }

  /** Writes into the file who has the right, once the directory may be changed. */
  void sign() throws IOException {
    byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8);
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(pid), 0);
  }

  /** Whether that is what {@link #acquire} throws when somebody else has the right. */
  static boolean isTaken(StorageException failure) {
    return failure.getCause() instanceof Taken;
  }

  /** Tells the failure to acquire from others. */
  private static final class Taken extends Exception {
    private Taken() {
      super("the lock is taken", null, false, false);
    }
  }

  private static StorageException taken(Path directory, @Nullable String by) {
    return new StorageException(
        "cannot open the store in "
            + directory
            + ": it is in use "
            + by
            + "; stop that one first, or choose another data directory",
        Outcome.NOT_APPLIED,
        true,
        new Taken());
  }

  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      HELD.remove(directory);
      try {
        channel.close();
      } catch (IOException e) {
        // The lock is dropped all the same, with the descriptor.
        throw new IOException("cannot close the lock file of " + directory, e);
      }
    }
  }
}
