// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a data directory of a backup: compares all files with the manifest → copies them, comparing
 * again, each file synced → notes that the next start begins an epoch beyond all that the store had
 * → puts the folder in place. For one thread.
 */
final class Restoration {
  private final Path backup;
  private final Path data;
  private final Backups.Steps steps;

  Restoration(Path backup, Path data, Backups.Steps steps) {
    this.backup = backup.toAbsolutePath().normalize();
    this.data = data.toAbsolutePath().normalize();
    this.steps = steps;
  }

  BackupReport run() {
    try {
      BackupManifest manifest = BackupManifest.read(backup);
      if (data.startsWith(backup)) {
        throw failure("it is in the backup itself; name a folder elsewhere", false, null);
      }
      boolean there = Files.exists(data);
      if (there) {
        requireEmpty();
      }
      manifest.verify(backup);
      requireReadable();
      steps.accept("verified");
      requireGoingOn();
      if (there) {
        try (EmptyFolder folder = EmptyFolder.begin(data)) {
          fill(manifest, folder.path());
          folder.publish(steps);
        }
      } else {
        makeFoldersAbove();
        try (NewFolder folder = NewFolder.begin(data)) {
          fill(manifest, folder.path());
          folder.publish(steps);
        }
      }
      steps.accept("published");
      return new BackupReport(data, manifest.takenAt(), manifest.files().size(), manifest.bytes());
    } catch (ClosedByInterruptException e) {
      throw failure("it was stopped before the end", true, e);
    } catch (IOException e) {
      throw failure(Backups.reason(e) + "; nothing is left there", true, e);
    }
  }

  private void makeFoldersAbove() throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path above = data.getParent();
        above != null && !Files.exists(above);
        above = above.getParent()) {
      missing.push(above);
    }
    for (Path above : missing) {
      Files.createDirectory(above);
      StoreLayout.syncFolder(Objects.requireNonNull(above.getParent(), "it is not the root"));
    }
  }

  private void requireEmpty() throws IOException {
    if (!Files.isDirectory(data)) {
      throw failure("it is a file; name a folder that is empty or not there", false, null);
    }
    EmptyFolder.requireEmpty(new StoreLayout(data.toRealPath()));
  }

  /** The format of the data, which is not that of the backup. */
  private void requireReadable() throws IOException {
    MarkFile.Mark mark = MarkFile.read(new StoreLayout(backup).mark());
    if (mark == null || !mark.created()) {
      throw BackupManifest.refusal(backup, "its file mark is that of no store");
    }
    Recovery.refuseNewer(new StoreLayout(backup), mark.format());
  }

  private void fill(BackupManifest manifest, Path folder) throws IOException {
    steps.accept("folder");
    requireRoom(manifest.bytes(), folder);
    CheckedCopy copier = new CheckedCopy(this::requireGoingOn);
    Set<Path> folders = new HashSet<>();
    for (BackupManifest.Part part : manifest.files()) {
      Path to = folder.resolve(part.name());
      BackupManifest.requireEqual(backup, part, copier.copy(backup.resolve(part.name()), to));
      folders.add(Objects.requireNonNull(to.getParent()));
      steps.accept(part.name());
    }
    for (Path written : folders) {
      StoreLayout.syncFolder(written);
    }
    StoreLayout.replace(
        new StoreLayout(folder).restored(),
        (manifest.takenAt() + "\n").getBytes(StandardCharsets.US_ASCII));
    steps.accept("restored");
  }

  private void requireGoingOn() {
    if (Thread.currentThread().isInterrupted()) {
      throw failure("it was stopped before the end", true, null);
    }
  }

  private void requireRoom(long bytes, Path folder) {
    long usable = folder.toFile().getUsableSpace();
    if (usable < bytes) {
      throw failure(
          "it needs %d bytes, and %d are usable there; free some space, or name another folder"
              .formatted(bytes, usable),
          true,
          null);
    }
  }

  private StorageException failure(String reason, boolean retryable, @Nullable Throwable cause) {
    return new StorageException(
        "cannot restore %s into %s: %s".formatted(backup, data, reason),
        Outcome.NOT_APPLIED,
        retryable,
        cause);
  }
}
