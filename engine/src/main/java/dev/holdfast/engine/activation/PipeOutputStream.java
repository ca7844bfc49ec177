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
  private long sent;

  /**
   * Pieces whose writers wait for room. Whoever finds room sends them all: a writer that did not
   * have to wait must not overtake those that did.
   */
  private final ArrayDeque<byte[]> written = new ArrayDeque<>(2);

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
    if (declared != Long.MAX_VALUE && sent != declared) {
      throw new IOException(
          "%s has %d bytes, but its length was given as %d".formatted(pipe, sent, declared));
    }
  }

  /** What one read yields is sent before the next. */
  private void copy(Body body) throws IOException {
    try (InputStream in = body.stream()) {
      byte[] piece = new byte[PIECE_BYTES];
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        if (n > 0) {
          send(Arrays.copyOf(piece, n));
        }
      }
    }
  }

  @Override
  public void write(int b) throws IOException {
    checkMayWrite();
    ensureRoom(1);
    gathered[count++] = (byte) b;
    sendIfFull();
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    checkMayWrite();
    int position = offset;
    int left = length;
    while (left > 0) {
      int n = Math.min(left, PIECE_BYTES - count);
      ensureRoom(n);
      System.arraycopy(from, position, gathered, count, n);
      count += n;
      position += n;
      left -= n;
      sendIfFull();
    }
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

  private void sendIfFull() throws IOException {
    if (count == PIECE_BYTES) {
      flushGathered();
    }
  }

  private void flushGathered() throws IOException {
    if (count > 0) {
      byte[] piece = Arrays.copyOf(gathered, count);
      count = 0;
      send(piece);
    }
  }

  private void send(byte[] piece) throws IOException {
    if (piece.length > declared - sent) {
      throw new IOException(
          "%s has more bytes than its length, which was given as %d".formatted(pipe, declared));
    }
    sent += piece.length;
    written.add(piece);
    while (!written.isEmpty()) {
      if (sinceHandOver >= PipeEnd.HAND_OVER_BYTES || pipe.full()) {
        sinceHandOver = 0;
        end.awaitRoom(pipe);
      } else {
        releaseNext();
      }
    }
  }

  private void releaseNext() throws IOException {
    byte[] next = written.remove();
    pipe.reserve(next.length);
    sinceHandOver += next.length;
    end.release(new Piece(pipe, next));
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
