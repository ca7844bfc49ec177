// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes backups of an open store, one at a time, while commits go on. Thread-safe.
 *
 * <p>Order: note what is confirmed → let RocksDB make a checkpoint beside the database, of hard
 * links to its files, which are never written to again, and a copy of the logs → copy that, with
 * checksums, to the new folder, each file synced → write the mark file → write the manifest, which
 * makes a backup of it → move it in place. So what was confirmed before is in it, and it is a state
 * that existed: all batches up to some moment. The copies share nothing with the store: a file that
 * goes bad on disk under one of them is still good under the other.
 *
 * <p>It is what a data directory is but for what every start makes anew: the lock, the native
 * library, the second copy of the manifest; and for scratch files, which are caches.
 */
final class Backups {
  /** Told after each step that leaves something on disk. */
  @FunctionalInterface
  interface Steps extends Consumer<String> {
    Steps NONE = step -> {};
  }

  private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
  private static final String STOPPED = "it was stopped before the end";

  private final StoreLayout layout;
  private final Sessions sessions;
  private final RocksStoreOptions options;
  private final @Nullable LongSupplier usableBytes;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile boolean closed;

  Backups(
      StoreLayout layout, Sessions sessions, RocksStoreOptions options, Surroundings surroundings) {
    this.layout = layout;
    this.sessions = sessions;
    this.options = options;
    this.usableBytes = surroundings.usableBytes();
  }

  /**
   * Takes a backup.
   *
   * @throws StorageException if it could not be taken; nothing is left of it then
   */
  BackupReport take(Path target, Steps steps) {
    if (!turn.tryLock()) {
      throw failure(target, "another backup of it is under way; wait for its end", true, null);
    }
    try {
      return taken(target.toAbsolutePath().normalize(), steps);
    } catch (ClosedByInterruptException e) {
      throw failure(target, STOPPED, true, e);
    } catch (IOException e) {
      throw failure(target, reason(e) + "; nothing is left there", true, e);
    } catch (RocksDBException e) {
      throw failure(target, Failures.describe(e), !Failures.isDamage(e), e);
    } finally {
      turn.unlock();
    }
  }

  /** Why a file could not be read or written, and what to do. */
  static String reason(IOException e) {
    return String.valueOf(e.getMessage()).contains("No space left")
        ? "the disk is full (" + e.getMessage() + "); free some space, or name another disk"
        : e.toString();
  }

  private StorageException failure(
      Path target, String reason, boolean retryable, @Nullable Throwable cause) {
    return new StorageException(
        "cannot back up the store in %s to %s: %s".formatted(layout.directory(), target, reason),
        Outcome.NOT_APPLIED,
        retryable,
        cause);
  }

  private BackupReport taken(Path named, Steps steps) throws IOException, RocksDBException {
    Path target = checked(named);
    Path parent = Objects.requireNonNull(target.getParent(), "it was checked");
    BackupSpace space = BackupSpace.of(layout.directory(), parent, options, usableBytes);
    CheckedCopy copier = new CheckedCopy(() -> requireGoingOn(target, space));
    requireGoingOn(target, space);
    Session session = sessions.live();
    Instant begun = options.clock().instant();
    // From the file, where the sequence number and its log always belong together.
    MarkFile.Mark confirmed = MarkFile.read(layout.mark());
    if (confirmed == null) {
      String name = layout.name(layout.mark());
      throw failure(target, name + " is damaged; start the node anew, it says more", false, null);
    }
    try (NewFolder folder = NewFolder.begin(target)) {
      steps.accept("folder");
      StoreLayout copy = new StoreLayout(folder.path());
      List<BackupManifest.Part> parts = new ArrayList<>();
      try {
        StoreLayout.delete(layout.checkpoint());
        Path checkpoint = Files.createDirectory(layout.checkpoint()).resolve("rocksdb");
        session.database.checkpoint(checkpoint);
        steps.accept("checkpoint");
        List<Path> files = StoreLayout.list(checkpoint, "*");
        requireRoom(target, space, files);
        for (Path file : files) {
          Path to = copy.database().resolve(file.getFileName());
          parts.add(part(copy, to, copier.copy(file, to)));
          steps.accept(copy.name(to));
        }
      } finally {
        StoreLayout.delete(layout.checkpoint());
      }
      StoreLayout.syncFolder(copy.database());
      // Newer than the checkpoint, so it has all the namespaces that are in there.
      Path namespaces = layout.mirror().resolve(NamespaceMirror.NAME);
      if (Files.exists(namespaces)) {
        Path to = copy.mirror().resolve(NamespaceMirror.NAME);
        parts.add(part(copy, to, copier.copy(namespaces, to)));
        StoreLayout.syncFolder(copy.mirror());
        steps.accept("namespaces");
      }
      try (MarkFile mark = MarkFile.create(copy.mark(), false)) {
        mark.log(confirmed.log());
        mark.created(confirmed.sequence());
      }
      parts.add(part(copy, copy.mark(), CheckedCopy.checksum(copy.mark())));
      steps.accept("mark");
      BackupManifest manifest = new BackupManifest(begun, parts);
      manifest.write(folder.path());
      steps.accept("manifest");
      requireGoingOn(target, space);
      folder.publish(steps);
      removeLock(target);
      steps.accept("published");
      return new BackupReport(target, begun, parts.size(), manifest.bytes());
    }
  }

  /** It kept others from making the same; in a backup nobody needs it. */
  private static void removeLock(Path backup) {
    try {
      Files.deleteIfExists(backup.resolve(GrowingFolder.LOCK));
    } catch (IOException e) {
      LOG.warn("cannot delete the lock in {}; the backup is whole all the same", backup, e);
    }
  }

  private static BackupManifest.Part part(StoreLayout copy, Path file, String checksum)
      throws IOException {
    String name = copy.name(file).replace('\\', '/');
    return new BackupManifest.Part(name, Files.size(file), checksum);
  }

  /** The target as the disk knows it. */
  private Path checked(Path target) throws IOException {
    Path parent = target.getParent();
    Path name = target.getFileName();
    if (parent == null || name == null) {
      throw failure(target, "it exists already; name a folder that does not", false, null);
    }
    if (!Files.isDirectory(parent)) {
      throw failure(target, "there is no folder " + parent + "; make it first", false, null);
    }
    Path real = parent.toRealPath().resolve(name);
    if (real.startsWith(layout.directory())) {
      throw failure(
          target, "it is in the data directory itself; name a folder elsewhere", false, null);
    }
    if (Files.exists(real, LinkOption.NOFOLLOW_LINKS)) {
      throw failure(
          target, "it exists already; name a folder that does not, or remove it", false, null);
    }
    return real;
  }

  private void requireGoingOn(Path target, BackupSpace space) {
    if (closed) {
      throw failure(target, "the store is being closed", false, null);
    }
    if (Thread.currentThread().isInterrupted()) {
      throw failure(target, STOPPED, true, null);
    }
    String refusal = space.refusal();
    if (refusal != null) {
      throw failure(target, refusal, true, null);
    }
  }

  private void requireRoom(Path target, BackupSpace space, List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    String refusal = space.refusal(bytes);
    if (refusal != null) {
      throw failure(target, refusal, true, null);
    }
  }

  /**
   * Ends the backup that is under way, if there is one, and lets no other begin.
   *
   * @param limit how long to wait for its end: it notices the close every few megabytes, but not
   *     while a disk does not answer
   * @return whether it has ended; if not, it may still change the data directory
   */
  boolean close(Duration limit) {
    closed = true;
    if (!lock(limit)) {
      LOG.error(
          "a backup of the store in {} did not end within {}, as if a disk does not answer; the data"
              + " directory stays locked until this process ends: end it",
          layout.directory(),
          limit);
      return false;
    }
    try {
      // It has ended by now, whichever way.
      StoreLayout.delete(layout.checkpoint());
    } catch (IOException e) {
      LOG.warn("cannot delete {}; the next start does", layout.name(layout.checkpoint()), e);
    } finally {
      turn.unlock();
    }
    return true;
  }

  private boolean lock(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return turn.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether no other may begin. */
  boolean isClosed() {
    return closed;
  }
}
