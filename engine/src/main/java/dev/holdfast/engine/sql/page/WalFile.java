// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * SQLite's write-ahead log of one database, read behind SQLite's back to learn which pages a commit
 * has changed. For one thread, which is also the one that runs SQLite.
 *
 * <p>The format is that of section 4 of SQLite's page "Database File Format". A frame counts if its
 * salts are those of the log and its checksum continues that of the frame before; what a rolled
 * back transaction left behind does not. The last frame of a commit says how large the database is.
 *
 * <p>Read by a {@link RandomAccessFile}, since an interrupt of the thread closes a channel; and
 * open from the beginning, since the log is still written to if somebody removes it, but not found.
 */
public final class WalFile implements Closeable {
  private static final int HEADER_BYTES = 32;
  private static final int FRAME_HEADER_BYTES = 24;

  /** The last bit says in which byte order checksums are made. */
  private static final int MAGIC = 0x377f0682;

  private static final VarHandle BIG =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final int pageBytes;
  private final byte[] frame;
  private final RandomAccessFile log;

  /** Where the next commit begins; 0 as long as the log has no header. */
  private long position;

  private VarHandle order = BIG;
  private int salt1;
  private int salt2;

  /** The checksum up to {@link #position}. */
  private int sum1;

  private int sum2;

  /**
   * The log of a database that is open, and that was read from, so that there is a log.
   *
   * @param path of the log
   * @param pageBytes of the database
   * @throws FileNotFoundException if there is none
   */
  public WalFile(Path path, int pageBytes) throws FileNotFoundException {
    this.path = path;
    this.pageBytes = pageBytes;
    this.frame = new byte[FRAME_HEADER_BYTES + pageBytes];
    if (!Files.exists(path)) {
      throw new FileNotFoundException(path + ": there is no log of the database");
    }
    this.log = new RandomAccessFile(path.toFile(), "rw");
  }

  /**
   * What a commit has changed.
   *
   * @param pages how many pages the database has now
   * @param places where in the log the last version of each changed page is
   */
  public record Changed(int pages, TreeMap<Integer, Long> places) {}

  /**
   * What was committed since this was asked the last time; null if nothing was.
   *
   * @throws IOException if the log cannot be read, or is no log of such pages
   */
  public @Nullable Changed committed() throws IOException {
    long length = log.length();
    if (length < position) {
      throw new IOException(
          "%s: expected a log of %d bytes and what was committed since, found %d bytes"
              .formatted(path, position, length));
    }
    if (position == 0) {
      if (length == 0) {
        return null;
      }
      readHeader();
    }
    TreeMap<Integer, Long> places = new TreeMap<>();
    TreeMap<Integer, Long> pending = new TreeMap<>();
    int pages = 0;
    int next1 = sum1;
    int next2 = sum2;
    log.seek(position);
    for (long at = position; at + frame.length <= length; at += frame.length) {
      log.readFully(frame);
      if ((int) BIG.get(frame, 8) != salt1 || (int) BIG.get(frame, 12) != salt2) {
        break;
      }
      long sum = checksum(checksum(join(next1, next2), 0, 8), FRAME_HEADER_BYTES, pageBytes);
      next1 = (int) (sum >>> 32);
      next2 = (int) sum;
      if ((int) BIG.get(frame, 16) != next1 || (int) BIG.get(frame, 20) != next2) {
        break;
      }
      pending.put(page(at), at + FRAME_HEADER_BYTES);
      int size = (int) BIG.get(frame, 4);
      if (size != 0) {
        places.putAll(pending);
        pending.clear();
        pages = size;
        position = at + frame.length;
        sum1 = next1;
        sum2 = next2;
      }
    }
    if (pages == 0) {
      return null;
    }
    places.tailMap(pages, false).clear();
    return new Changed(pages, places);
  }

  /**
   * Which page the frame there is of. There is none of page 0: when a transaction writes a page
   * again, SQLite makes all checksums behind anew, and so makes a hole look like a frame.
   */
  private int page(long at) throws IOException {
    int page = (int) BIG.get(frame, 0);
    if (page <= 0) {
      throw new IOException(
          "%s: expected a frame of a page at byte %d, found one of page %d: part of the log is missing"
              .formatted(path, at, page));
    }
    return page;
  }

  /**
   * Checks that all was read that was committed: a log that cannot be read on looks like one that
   * ends.
   *
   * @param frames how many frames SQLite has committed since the log was begun
   * @throws IOException if it was not
   */
  public void checkFrames(long frames) throws IOException {
    long read = position == 0 ? 0 : (position - HEADER_BYTES) / frame.length;
    if (read != frames) {
      throw new IOException(
          "%s: SQLite has committed %d frames, and %d of them can be read"
              .formatted(path, frames, read));
    }
  }

  /** Reads a page from a place that {@link #committed} named. */
  public void read(long place, byte[] page) throws IOException {
    log.seek(place);
    log.readFully(page, 0, pageBytes);
  }

  /** How many bytes the log has. */
  public long bytes() throws IOException {
    return log.length();
  }

  /**
   * How many bytes lie behind the last commit: of a transaction that is open or was rolled back.
   */
  public long bytesBehindCommit() throws IOException {
    return Math.max(0, bytes() - Math.max(position, HEADER_BYTES));
  }

  /**
   * SQLite has gone back to a savepoint, at whose beginning the log was that long: what was written
   * behind is cut off, which SQLite does not read any more and would overwrite.
   */
  public void cut(long length) throws IOException {
    if (bytes() > length) {
      log.setLength(length);
    }
  }

  /** SQLite has moved everything into the database and begins the log anew. */
  public void truncated() {
    position = 0;
  }

  private void readHeader() throws IOException {
    log.seek(0);
    log.readFully(frame, 0, HEADER_BYTES);
    int magic = (int) BIG.get(frame, 0);
    int bytes = (int) BIG.get(frame, 8);
    if ((magic & ~1) != MAGIC || bytes != pageBytes) {
      throw new IOException(
          "%s: expected a log of pages of %d bytes, found magic %08x and pages of %d bytes"
              .formatted(path, pageBytes, magic, bytes));
    }
    order = (magic & 1) == 0 ? LITTLE : BIG;
    salt1 = (int) BIG.get(frame, 16);
    salt2 = (int) BIG.get(frame, 20);
    sum1 = (int) BIG.get(frame, 24);
    sum2 = (int) BIG.get(frame, 28);
    if (checksum(0, 0, 24) != join(sum1, sum2)) {
      throw new IOException(path + ": the checksum of the log's header is wrong");
    }
    position = HEADER_BYTES;
  }

  /** Continues a checksum with a part of {@link #frame}. */
  private long checksum(long from, int offset, int length) {
    int s1 = (int) (from >>> 32);
    int s2 = (int) from;
    for (int i = offset; i < offset + length; i += 8) {
      s1 += (int) order.get(frame, i) + s2;
      s2 += (int) order.get(frame, i + 4) + s1;
    }
    return join(s1, s2);
  }

  private static long join(int high, int low) {
    return (long) high << 32 | (low & 0xffff_ffffL);
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
