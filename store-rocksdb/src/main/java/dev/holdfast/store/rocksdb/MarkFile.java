// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A small file that remembers what must not be lost: the sequence number of the last confirmed
 * write. It is written after every batch and synced now and then, so it never names a write that
 * was not on disk before, and after a power loss it is at most as old as the last sync. A store
 * that opens below it has lost something.
 *
 * <p>The file has two slots, written in turn: a slot that was being written when the power failed
 * leaves the other. A slot is magic(8) format(4) phase(4) turn(8) sequence(8) log(8) crc(4).
 * Thread-safe.
 */
final class MarkFile implements AutoCloseable {
  /** The format of data directories that this code writes, and the newest that it reads. */
  static final int FORMAT = 2;

  private static final long MAGIC = 0x486f6c6446617374L; // "HoldFast"
  private static final int SLOT = 44;
  private static final int STRIDE = 4096;
  private static final int CREATING = 0;
  private static final int CREATED = 1;

  /**
   * What the file says.
   *
   * @param format the format of the data directory
   * @param created whether the directory was made completely; if not, nothing was ever confirmed
   * @param turn how many times the file was written
   * @param sequence the sequence number of the last confirmed write
   * @param log the number of the log that it went to
   */
  record Mark(int format, boolean created, long turn, long sequence, long log) {}

  private final FileChannel channel;
  private final ByteBuffer slot = ByteBuffer.allocateDirect(SLOT).order(ByteOrder.BIG_ENDIAN);
  private final CRC32C crc = new CRC32C();
  private boolean created;
  private long turn;
  private long sequence;
  private long log;
  private boolean synced = true;

  private MarkFile(FileChannel channel, Mark mark) {
    this.channel = channel;
    this.created = mark.created();
    this.turn = mark.turn();
    this.sequence = mark.sequence();
    this.log = mark.log();
  }

  /** What the file says; null if neither slot can be read. */
  static @Nullable Mark read(Path file) throws IOException {
    Mark latest = null;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (int i = 0; i < 2; i++) {
        ByteBuffer slot = ByteBuffer.allocate(SLOT);
        while (slot.hasRemaining() && channel.read(slot, (long) i * STRIDE + slot.position()) > 0) {
          // until it is read, or the file ends
        }
        Mark mark = decode(slot.flip());
        if (mark != null && (latest == null || mark.turn() > latest.turn())) {
          latest = mark;
        }
      }
    }
    return latest;
  }

  private static @Nullable Mark decode(ByteBuffer slot) {
    if (slot.remaining() < SLOT || slot.getLong(0) != MAGIC) {
      return null;
    }
    CRC32C crc = new CRC32C();
    crc.update(slot.slice(0, SLOT - 4));
    if (slot.getInt(SLOT - 4) != (int) crc.getValue()) {
      return null;
    }
    return new Mark(
        slot.getInt(8),
        slot.getInt(12) == CREATED,
        slot.getLong(16),
        slot.getLong(24),
        slot.getLong(32));
  }

  /**
   * Makes a file, or puts one in the place of a damaged one.
   *
   * @param created whether the directory is complete
   */
  static MarkFile create(Path file, boolean created) throws IOException {
    Path partial = file.resolveSibling("mark.partial");
    Mark mark = new Mark(FORMAT, created, 0, 0, 0);
    try (MarkFile written =
        new MarkFile(
            FileChannel.open(
                partial,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE),
            mark)) {
      // Both slots, so that later writes change no metadata of the file.
      written.confirm(0);
      written.confirm(0);
    }
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    StoreLayout.syncFolder(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    return open(file, new Mark(FORMAT, created, 2, 0, 0));
  }

  /** Goes on with a file that was read. */
  static MarkFile open(Path file, Mark mark) throws IOException {
    return new MarkFile(FileChannel.open(file, StandardOpenOption.WRITE), mark);
  }

  /** The sequence number of the last confirmed write. */
  synchronized long sequence() {
    return sequence;
  }

  /** The number of the log that the last confirmed write went to. */
  synchronized long log() {
    return log;
  }

  /** From now on writes go to that log. */
  synchronized void log(long number) {
    log = number;
  }

  /** Whether the directory is complete. */
  synchronized boolean isCreated() {
    return created;
  }

  /** Everything up to that sequence number is on disk. */
  synchronized void confirm(long confirmed) throws IOException {
    sequence = confirmed;
    write();
  }

  /** The directory is complete, and everything up to that sequence number is on disk. */
  synchronized void created(long confirmed) throws IOException {
    created = true;
    confirm(confirmed);
    confirm(confirmed);
    sync();
  }

  private void write() throws IOException {
    turn++;
    slot.clear();
    slot.putLong(MAGIC).putInt(FORMAT).putInt(created ? CREATED : CREATING);
    slot.putLong(turn).putLong(sequence).putLong(log);
    crc.reset();
    crc.update(slot.flip());
    slot.limit(SLOT).putInt((int) crc.getValue()).flip();
    long position = (turn & 1) * STRIDE;
    while (slot.hasRemaining()) {
      position += channel.write(slot, position);
    }
    synced = false;
  }

  /** Waits until what was written is on disk. */
  void sync() throws IOException {
    synchronized (this) {
      if (synced) {
        return;
      }
      synced = true;
    }
    // Not under the lock: the committer need not wait for it.
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      sync();
    }
  }
}
