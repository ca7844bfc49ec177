// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Body;
import dev.holdfast.StorageException;
import dev.holdfast.engine.gate.Output;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;

/**
 * The writing end of a pipe. Gathers small writes into pieces of at most {@value #PIECE_BYTES}
 * bytes; each goes behind the commits made before it, and while the reader is behind others are let
 * in. For one side, one thread at a time; several events of an object may share it.
 */
final class PipeOutputStream extends OutputStream {
  private static final int PIECE_BYTES = 8 << 10;
  private static final int FIRST_BYTES = 256;

  private final BodyPipe pipe;
  private final PipeEnd end;
  private final long declared;
  private final String writing;
  private byte[] gathered = new byte[FIRST_BYTES];
  private int count;
  private long accepted;

  /**
   * What waits for room, in order; it goes before {@link #gathered}. A write puts all of itself
   * into one of the two before it waits, so it stays together, whatever its length: what others
   * write meanwhile stands behind it. Whoever finds room sends all that is here: a writer that did
   * not have to wait must not overtake those that did.
   */
  private final ArrayDeque<Slice> written = new ArrayDeque<>(2);

  private int sinceHandOver;
  private boolean closed;

  /** The end of {@code pipe} at which {@code end} writes. */
  PipeOutputStream(BodyPipe pipe, PipeEnd end) {
    this.pipe = pipe;
    this.end = end;
    this.writing = "writing " + pipe;
    this.declared = pipe.length().orElse(Long.MAX_VALUE);
  }

  /** Writes the whole body, and checks that it is as long as it says. */
  void writeAll(Body body) throws IOException {
    if (body instanceof Body.Written) {
      body.writeTo(this);
    } else {
      copy(body);
    }
    flushGathered();
    closed = true;
    if (declared != Long.MAX_VALUE && accepted != declared) {
      throw new IOException(
          "%s has %d bytes, but its length was given as %d".formatted(pipe, accepted, declared));
    }
  }

  /** What one read yields is sent before the next. */
  private void copy(Body body) throws IOException {
    try (InputStream in = body.stream()) {
      byte[] piece = new byte[PIECE_BYTES];
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        if (n > 0) {
          checkLength(n);
          written.add(new Slice(piece, 0, n));
          sendWritten();
        }
      }
    }
  }

  @Override
  public void write(int b) throws IOException {
    checkMayWrite();
    checkLength(1);
    ensureRoom(1);
    gathered[count++] = (byte) b;
    if (count == PIECE_BYTES) {
      flushGathered();
    }
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    checkMayWrite();
    checkLength(length);
    int first = count == 0 ? 0 : Math.min(length, PIECE_BYTES - count);
    boolean queued = gather(from, offset, first);
    int rest = length - first;
    int whole = rest - rest % PIECE_BYTES;
    if (whole > 0) {
      written.add(new Slice(from, offset + first, offset + first + whole));
      queued = true;
    }
    boolean _ = gather(from, offset + first + whole, rest - whole);
    if (queued) {
      sendWritten();
    }
  }

  /** Whether that made a piece. */
  private boolean gather(byte[] from, int offset, int length) {
    ensureRoom(length);
    System.arraycopy(from, offset, gathered, count, length);
    count += length;
    if (count < PIECE_BYTES) {
      return false;
    }
    queueGathered();
    return true;
  }

  /** Sends what was written so far. */
  @Override
  public void flush() throws IOException {
    checkMayWrite();
    flushGathered();
  }

  /** Flushes; the body itself ends when its writer returns. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      flush();
      closed = true;
    }
  }

  /** Also where nothing has to be sent yet, so that misuse shows at the first write. */
  private void checkMayWrite() throws IOException {
    if (closed) {
      throw new IOException(pipe + " was closed by its writer");
    }
    end.checkMayWait(writing);
  }

  private void ensureRoom(int more) {
    if (count + more > gathered.length) {
      gathered = Arrays.copyOf(gathered, Math.min(PIECE_BYTES, 2 * (count + more)));
    }
  }

  private void queueGathered() {
    if (count > 0) {
      written.add(Slice.of(Arrays.copyOf(gathered, count)));
      count = 0;
    }
  }

  private void flushGathered() throws IOException {
    if (count > 0) {
      queueGathered();
      sendWritten();
    }
  }

  private void checkLength(int more) throws IOException {
    if (more > declared - accepted) {
      throw new IOException(
          "%s has more bytes than its length, which was given as %d".formatted(pipe, declared));
    }
    accepted += more;
  }

  /**
   * Returns when nothing is left, so nothing of an array that is its writer's again; if it fails,
   * what is left is copied. What is gathered goes along where others are let in, so that they find
   * nothing that would fill up in the middle of what they write.
   */
  private void sendWritten() throws IOException {
    try {
      while (!written.isEmpty()) {
        if (sinceHandOver >= PipeEnd.HAND_OVER_BYTES || pipe.full()) {
          sinceHandOver = 0;
          queueGathered();
          end.awaitRoom(pipe);
        } else {
          releaseNext();
        }
      }
    } catch (IOException e) {
      for (int i = written.size(); i > 0; i--) {
        written.add(written.remove().copied());
      }
      throw e;
    }
  }

  private void releaseNext() throws IOException {
    Slice next = written.remove();
    int end = Math.min(next.to, next.from + PIECE_BYTES);
    if (end < next.to) {
      written.addFirst(new Slice(next.bytes, end, next.to));
    }
    byte[] piece = new Slice(next.bytes, next.from, end).copied().bytes;
    pipe.reserve(piece.length);
    sinceHandOver += piece.length;
    this.end.release(new Piece(pipe, piece));
  }

  /** Bytes of an array that may be the writer's own. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Slice(byte[] bytes, int from, int to) {
    static Slice of(byte[] all) {
      return new Slice(all, 0, all.length);
    }

    Slice copied() {
      return of(Arrays.copyOfRange(bytes, from, to));
    }
  }

  /** Some bytes of a body on their way out. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Piece(BodyPipe pipe, byte[] bytes) implements Output {

    @Override
    public void leave() {
      pipe.add(bytes);
    }

    /** The end of the body stands behind this: it is dropped too, and tells the reader. */
    @Override
    public void drop(StorageException failure) {}
  }
}
