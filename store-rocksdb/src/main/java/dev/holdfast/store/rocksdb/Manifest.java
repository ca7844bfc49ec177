// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What RocksDB's manifest says: which data files and logs make up the database. Built by reading it
 * from the beginning.
 *
 * <p>A record of the manifest is an edit: fields with a tag each, numbers as varints. Tags of 8192
 * and beyond may be skipped; any other that is unknown means a format that this code cannot judge.
 */
final class Manifest implements LogFile.Reader {
  private static final int COMPARATOR = 1;
  private static final int LOG_NUMBER = 2;
  private static final int NEXT_FILE = 3;
  private static final int LAST_SEQUENCE = 4;
  private static final int COMPACT_CURSOR = 5;
  private static final int DELETED_FILE = 6;
  private static final int PREVIOUS_LOG = 9;
  private static final int MIN_LOG_TO_KEEP = 10;
  private static final int NEW_FILE = 103;
  private static final int COLUMN_FAMILY = 200;
  private static final int COLUMN_FAMILY_ADDED = 201;
  private static final int COLUMN_FAMILY_DROPPED = 202;
  private static final int MAX_COLUMN_FAMILY = 203;
  private static final int ATOMIC_GROUP = 300;
  private static final int IGNORABLE = 1 << 13;

  /** Without one of these RocksDB refuses a manifest. */
  private static final Set<Integer> REQUIRED = Set.of(LOG_NUMBER, NEXT_FILE, LAST_SEQUENCE);

  private static final int FILE_END = 1;
  private static final int FILE_MIN_LOG_TO_KEEP = 3;

  /**
   * A live data file.
   *
   * @param number its number, which names it
   * @param level where in the tree it is
   * @param size how many bytes it has
   * @param firstSequence the smallest sequence number in it
   * @param lastSequence the largest sequence number in it
   */
  record DataFile(long number, int level, long size, long firstSequence, long lastSequence) {}

  private final Map<Long, DataFile> files = new LinkedHashMap<>();
  private final Set<Integer> numbers = new HashSet<>();
  private long logNumber;
  private long minLogToKeep;
  private long flushedSequence;
  private LogFile.Ending ending = new LogFile.Ending(0, LogFile.Tail.WHOLE, "");

  private Manifest() {}

  static Manifest read(Path file) throws IOException {
    Manifest manifest = new Manifest();
    manifest.ending = LogFile.read(file, manifest);
    return manifest;
  }

  /** The live data files. */
  Collection<DataFile> files() {
    return files.values();
  }

  /** The first log that still counts. */
  long firstLog() {
    return Math.max(logNumber, minLogToKeep);
  }

  /** Up to which sequence number, at least, everything is in data files. */
  long flushedSequence() {
    return flushedSequence;
  }

  /** How the reading ended. */
  LogFile.Ending ending() {
    return ending;
  }

  /** Whether it says what RocksDB needs to know to open the database. */
  boolean isUsable() {
    return numbers.containsAll(REQUIRED);
  }

  @Override
  public @Nullable String record(byte[] content) {
    try {
      apply(new Fields(content));
      return null;
    } catch (IndexOutOfBoundsException e) {
      return "an edit that ends too early";
    } catch (UnknownTagException e) {
      return e.getMessage();
    }
  }

  private void apply(Fields in) throws UnknownTagException {
    while (in.more()) {
      int tag = in.readInt();
      if (REQUIRED.contains(tag)) {
        numbers.add(tag);
      }
      switch (tag) {
        case COMPARATOR, COLUMN_FAMILY_ADDED -> in.skipSlice();
        case LOG_NUMBER -> logNumber = Math.max(logNumber, in.readLong());
        case MIN_LOG_TO_KEEP -> minLogToKeep = Math.max(minLogToKeep, in.readLong());
        case NEXT_FILE, LAST_SEQUENCE, PREVIOUS_LOG -> in.readLong();
        case COLUMN_FAMILY, MAX_COLUMN_FAMILY, ATOMIC_GROUP -> in.readInt();
        case COLUMN_FAMILY_DROPPED -> {}
        case COMPACT_CURSOR -> {
          in.readInt();
          in.skipSlice();
        }
        case DELETED_FILE -> {
          in.readInt();
          files.remove(in.readLong());
        }
        case NEW_FILE -> newFile(in);
        default -> {
          if (tag < IGNORABLE) {
            throw new UnknownTagException("an edit with the unknown tag " + tag);
          }
          in.skipSlice();
        }
      }
    }
  }

  private void newFile(Fields in) {
    int level = in.readInt();
    long number = in.readLong();
    long size = in.readLong();
    in.skipSlice();
    in.skipSlice();
    long first = in.readLong();
    long last = in.readLong();
    for (int tag = in.readInt(); tag != FILE_END; tag = in.readInt()) {
      byte[] field = in.readSlice();
      if (tag == FILE_MIN_LOG_TO_KEEP) {
        minLogToKeep = Math.max(minLogToKeep, Long.reverseBytes(Keys.longAt(field, 0)));
      }
    }
    files.put(number, new DataFile(number, level, size, first, last));
    flushedSequence = Math.max(flushedSequence, last);
  }

  /** The edit that removes a data file. */
  static byte[] deletion(DataFile file) {
    Fields out = new Fields(new byte[32]);
    out.write(DELETED_FILE);
    out.write(file.level());
    out.write(file.number());
    return out.written();
  }

  /** An edit that is none of those that this code knows. */
  private static final class UnknownTagException extends Exception {
    UnknownTagException(String message) {
      super(message);
    }
  }

  /** The fields of an edit. */
  private static final class Fields {
    private final byte[] bytes;
    private int at;

    Fields(byte[] bytes) {
      this.bytes = bytes;
    }

    boolean more() {
      return at < bytes.length;
    }

    int readInt() {
      return (int) readLong();
    }

    long readLong() {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = bytes[at++];
        value |= (b & 0x7FL) << shift;
        if (b >= 0) {
          return value;
        }
      }
    }

    byte[] readSlice() {
      int length = readInt();
      byte[] slice =
          Arrays.copyOfRange(bytes, at, at + Objects.checkIndex(length, bytes.length - at + 1));
      at += length;
      return slice;
    }

    void skipSlice() {
      readSlice();
    }

    void write(long value) {
      long rest = value;
      while (rest >= 0x80) {
        bytes[at++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      bytes[at++] = (byte) rest;
    }

    byte[] written() {
      return Arrays.copyOf(bytes, at);
    }
  }
}
