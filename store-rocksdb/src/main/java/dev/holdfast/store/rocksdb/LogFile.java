// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of RocksDB's log format, which both its write-ahead logs and its manifest have, and
 * tells how much of it is intact.
 *
 * <p>The format: blocks of 32 KiB that hold fragments; a fragment is crc(4) length(2) type(1)
 * payload, little-endian; the checksum is a masked CRC-32C over type and payload; a record is one
 * fragment or several; what is left of a block, less than a header, is zero.
 *
 * <p>Only the last record may be torn: the store waits for the disk after each. So where something
 * follows the place that cannot be read, what stood there was on disk once, and the file is
 * damaged.
 */
final class LogFile {
  private static final int BLOCK = 32 << 10;
  private static final int HEADER = 7;
  private static final int FULL = 1;
  private static final int FIRST = 2;
  private static final int MIDDLE = 3;
  private static final int LAST = 4;

  /** Of this type and beyond are remarks: unknown ones are skipped. */
  private static final int REMARK = 128;

  /** The remark about the log before this one. */
  static final int PREDECESSOR = 130;

  /** How a file ends. */
  enum Tail {
    /** With a whole record. */
    WHOLE,
    /** With something that is no record, and nothing behind it. */
    TORN,
    /** Something in it is no record, and records follow. */
    DAMAGED
  }

  /**
   * What a reading found.
   *
   * @param intactBytes how many bytes the records take that could be read
   * @param tail what comes behind them
   * @param reason why what comes behind is no record
   */
  record Ending(long intactBytes, Tail tail, String reason) {}

  /** Takes the records in their order. */
  interface Reader {
    /**
     * Takes a record.
     *
     * @return why it does not belong there; null if it does
     */
    @Nullable String record(byte[] content);

    /** Takes a remark. */
    default void remark(int type, byte[] content) throws IOException {}
  }

  private final Path file;
  private final CRC32C crc = new CRC32C();

  /** The block that was read last, how much of it there is, and where it stands. */
  private final byte[] block = new byte[BLOCK];

  private int length;
  private long blockStart;
  private int at;

  private LogFile(Path file) {
    this.file = file;
  }

  /** Reads the records of a file until something is none. */
  static Ending read(Path file, Reader reader) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new LogFile(file).read(in, reader);
    }
  }

  private Ending read(InputStream in, Reader reader) throws IOException {
    ByteArrayOutputStream fragments = new ByteArrayOutputStream();
    boolean open = false;
    long intact = 0;
    while (true) {
      if (length - at < HEADER) {
        boolean last = length < BLOCK && blockStart + length > 0;
        if (last && !zeros(at, length)) {
          return ending(intact, "the file ends within a record");
        }
        if (last || !nextBlock(in)) {
          break;
        }
        continue;
      }
      String reason = fragmentReason(at);
      if (reason != null) {
        return ending(intact, reason);
      }
      int type = type(at);
      int payload = at + HEADER;
      int size = size(at);
      at = payload + size;
      if (type >= REMARK) {
        byte[] remark = new byte[size];
        System.arraycopy(block, payload, remark, 0, size);
        reader.remark(type, remark);
      } else {
        if ((type == FULL || type == FIRST) == open) {
          return ending(intact, "a fragment that does not belong there");
        }
        fragments.write(block, payload, size);
        open = type == FIRST || type == MIDDLE;
        if (!open) {
          String misplaced = reader.record(fragments.toByteArray());
          if (misplaced != null) {
            return new Ending(intact, Tail.DAMAGED, misplaced);
          }
          fragments.reset();
        }
      }
      if (!open) {
        intact = blockStart + at;
      }
    }
    return open
        ? new Ending(intact, Tail.TORN, "the file ends within a record")
        : new Ending(intact, Tail.WHOLE, "");
  }

  private boolean nextBlock(InputStream in) throws IOException {
    blockStart += length;
    at = 0;
    length = in.readNBytes(block, 0, BLOCK);
    return length > 0;
  }

  /** Why there is no fragment; null if there is one. */
  private @Nullable String fragmentReason(int from) {
    if (from + HEADER > length || from + HEADER + size(from) > length) {
      return "the file or its block ends within a record";
    }
    int type = type(from);
    if (type == 0 && size(from) == 0) {
      return "zeros where a record should be";
    }
    if (type > LAST && type < REMARK) {
      return "a record of the unknown type " + type;
    }
    crc.reset();
    crc.update(block, from + 6, 1 + size(from));
    return masked(crc) == intAt(from) ? null : "checksum mismatch";
  }

  private int size(int from) {
    return (block[from + 4] & 0xFF) | (block[from + 5] & 0xFF) << 8;
  }

  private int type(int from) {
    return block[from + 6] & 0xFF;
  }

  private int intAt(int from) {
    return (block[from] & 0xFF)
        | (block[from + 1] & 0xFF) << 8
        | (block[from + 2] & 0xFF) << 16
        | (block[from + 3] & 0xFF) << 24;
  }

  private boolean zeros(int from, int to) {
    for (int i = from; i < to; i++) {
      if (block[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** What to add to a file of that size, which ends with a whole record, to add a record. */
  static byte[] framed(long fileSize, byte[] content) {
    ByteArrayOutputStream framed = new ByteArrayOutputStream();
    int done = 0;
    boolean first = true;
    while (done < content.length || first) {
      int left = BLOCK - (int) ((fileSize + framed.size()) % BLOCK);
      if (left < HEADER) {
        framed.write(new byte[left], 0, left);
        continue;
      }
      int size = Math.min(content.length - done, left - HEADER);
      boolean last = done + size == content.length;
      byte[] fragment = new byte[HEADER + size];
      fragment[4] = (byte) size;
      fragment[5] = (byte) (size >>> 8);
      fragment[6] = (byte) (first ? last ? FULL : FIRST : last ? LAST : MIDDLE);
      System.arraycopy(content, done, fragment, HEADER, size);
      CRC32C crc = new CRC32C();
      crc.update(fragment, 6, 1 + size);
      int masked = masked(crc);
      for (int i = 0; i < 4; i++) {
        fragment[i] = (byte) (masked >>> (8 * i));
      }
      framed.write(fragment, 0, fragment.length);
      done += size;
      first = false;
    }
    return framed.toByteArray();
  }

  private static int masked(CRC32C crc) {
    int value = (int) crc.getValue();
    return ((value >>> 15) | (value << 17)) + 0xa282ead8;
  }

  /**
   * Looks whether a record begins behind what could be read. Other fragments prove nothing: they
   * may be parts of one torn record.
   */
  private Ending ending(long intact, String reason) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(intact / BLOCK * BLOCK);
      blockStart = intact / BLOCK * BLOCK;
      length = 0;
      int from = (int) (intact % BLOCK) + 1;
      while (nextBlock(in)) {
        for (int i = from; i + HEADER <= length; i++) {
          if ((type(i) == FULL || type(i) == FIRST) && fragmentReason(i) == null) {
            return new Ending(intact, Tail.DAMAGED, reason);
          }
        }
        from = 0;
      }
    }
    return new Ending(intact, Tail.TORN, reason);
  }
}
