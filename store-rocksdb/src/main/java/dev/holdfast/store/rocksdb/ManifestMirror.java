// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A second copy of RocksDB's manifest. The manifest is the one file without which all the others
 * are worth nothing, and it is small.
 *
 * <p>RocksDB deletes no file on its own while the store is open: files that it needs no more are
 * deleted here, after the manifest that says so is on disk twice. So whichever copy of the manifest
 * is left, and however much older it is than the other, all files that it speaks of are there, and
 * the logs bring the rest.
 *
 * <p>Thread-safe.
 */
final class ManifestMirror {
  private static final Logger LOG = LoggerFactory.getLogger(ManifestMirror.class);

  private final StoreLayout layout;
  private @Nullable Path original;
  private long copied;

  ManifestMirror(StoreLayout layout) {
    this.layout = layout;
  }

  /** Begins anew with a database that was just opened. */
  synchronized void begin(Database database) throws IOException, RocksDBException {
    database.keepFiles();
    original = null;
    refresh(database);
  }

  /**
   * Brings the copy up to date, if the manifest has grown; then lets RocksDB delete what it may.
   *
   * @throws IOException if the manifest cannot be synced
   */
  synchronized void refresh(Database database) throws IOException, RocksDBException {
    boolean news = false;
    // Again while it grows, so that between the copy and the deletion there is hardly any time.
    for (int i = 0; i < 3 && copyNews(); i++) {
      news = true;
    }
    if (news) {
      database.deleteObsoleteFiles();
    }
  }

  private boolean copyNews() throws IOException {
    Path now =
        layout
            .database()
            .resolve(Files.readString(layout.current(), StandardCharsets.ISO_8859_1).strip());
    long size = Files.size(now);
    if (now.equals(original) && size == copied) {
      return false;
    }
    if (!now.equals(original)) {
      copied = 0;
    }
    try (FileChannel from = FileChannel.open(now, StandardOpenOption.READ)) {
      // What RocksDB has written and not yet synced must not be thought complete.
      from.force(false);
      copy(from, now, size);
    }
    return true;
  }

  /** Without space or otherwise unable to copy, the store goes on without a copy. */
  private void copy(FileChannel from, Path now, long size) {
    Path copy = layout.mirror().resolve(now.getFileName());
    try {
      Files.createDirectories(layout.mirror());
      try (FileChannel to =
          FileChannel.open(copy, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        if (copied == 0) {
          to.truncate(0);
        }
        while (copied < size) {
          copied += from.transferTo(copied, size - copied, to.position(copied));
        }
        to.force(true);
      }
      if (!now.equals(original)) {
        StoreLayout.syncFolder(layout.mirror());
        deleteCopies(copy);
        original = now;
      }
    } catch (IOException e) {
      LOG.warn("cannot copy {}; the store goes on without a copy", layout.name(now), e);
      original = null;
      deleteCopies(null);
    }
  }

  private void deleteCopies(@Nullable Path except) {
    try {
      for (Path copy : StoreLayout.manifests(layout.mirror())) {
        if (!copy.equals(except)) {
          Files.delete(copy);
        }
      }
    } catch (IOException e) {
      LOG.warn("cannot delete old copies in {}", layout.name(layout.mirror()), e);
    }
  }
}
