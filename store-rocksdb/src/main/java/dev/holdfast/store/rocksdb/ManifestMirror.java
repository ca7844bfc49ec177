// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.nio.ByteBuffer;
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
 * <p>There is one gap, of milliseconds: what a compaction gives up while a deletion is under way
 * may go with the rest, before the copy tells of it. So each deletion begins with a copy that is
 * complete and is followed by another: when {@link #refresh} returns, all files that the copy
 * speaks of are there, and they stay until it is called again.
 *
 * <p>Thread-safe.
 */
final class ManifestMirror {
  private static final Logger LOG = LoggerFactory.getLogger(ManifestMirror.class);

  private final StoreLayout layout;
  private @Nullable Path original;
  private long copied;

  /** Whether the manifest has grown since files were last deleted. */
  private boolean grown;

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
    boolean more = copyNews();
    for (int i = 0; i < 3 && more; i++) {
      more = copyNews();
    }
    // Still growing: the files can wait for the next time, when the copy has caught up.
    if (grown && !more) {
      grown = false;
      database.deleteObsoleteFiles();
      copyNews();
    }
  }

  /** Copies what is new in the manifest; false if nothing was, or it could not be copied. */
  private boolean copyNews() throws IOException {
    Path now =
        layout
            .database()
            .resolve(Files.readString(layout.current(), StandardCharsets.ISO_8859_1).strip());
    long size = Files.size(now);
    if (now.equals(original) && size == copied) {
      return false;
    }
    grown = true;
    try (FileChannel from = FileChannel.open(now, StandardOpenOption.READ)) {
      // What RocksDB has written and not yet synced must not be thought complete.
      from.force(false);
      return copy(from, now, size);
    }
  }

  /** Without space or otherwise unable to copy, the store goes on without a copy. */
  private boolean copy(FileChannel from, Path now, long size) {
    Path copy = layout.mirror().resolve(now.getFileName());
    try {
      if (now.equals(original)) {
        append(from, copy, size);
      } else {
        // Whole or not at all: the beginning of a manifest is a manifest too, of an emptier store.
        StoreLayout.replace(copy, bytes(from, size));
        deleteCopies(copy);
        original = now;
        copied = size;
      }
      return true;
    } catch (IOException e) {
      LOG.warn("cannot copy {}; the store goes on without a copy", layout.name(now), e);
      original = null;
      deleteCopies(null);
      return false;
    }
  }

  private void append(FileChannel from, Path copy, long size) throws IOException {
    try (FileChannel to = FileChannel.open(copy, StandardOpenOption.WRITE)) {
      while (copied < size) {
        copied += from.transferTo(copied, size - copied, to.position(copied));
      }
      to.force(true);
    }
  }

  /** The first bytes of a manifest; it has a few MiB at most. */
  private static byte[] bytes(FileChannel from, long size) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size));
    while (bytes.hasRemaining() && from.read(bytes) >= 0) {
      // until all are read
    }
    return bytes.array();
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
