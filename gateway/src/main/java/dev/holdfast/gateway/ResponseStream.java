// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Response;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The body of a streamed response while it is written. Gathers small writes; sends when it has
 * enough, when flushed and at the end. Blocks its writer while the client has not taken what is
 * sent. For one thread at a time.
 *
 * <p>Until the first piece goes out nothing of the response is sent: a body that ends before that
 * goes out whole, and a writer that fails before that can still be answered for.
 */
final class ResponseStream extends OutputStream {
  private static final int PIECE_BYTES = 16 << 10;
  private static final int FIRST_BYTES = 512;

  private final Answer answer;
  private final Response response;
  private final int bufferedLimit;
  private final PendingBytes allPending;

  /** The length that the body declares, -1 if none. */
  private final long declared;

  private byte[] gathered = new byte[FIRST_BYTES];
  private int count;
  private long sent;
  private boolean begun;
  private boolean closed;

  /** Bytes that the client's socket has not taken. */
  private final AtomicLong pending = new AtomicLong();

  private volatile @Nullable Thread waiting;
  private volatile boolean lost;

  ResponseStream(Answer answer, Response response, Edge edge) {
    this.answer = answer;
    this.response = response;
    this.declared = response.body().length().orElse(-1);
    this.bufferedLimit = edge.limits().bufferedResponseBytes();
    this.allPending = edge.pending();
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    if (closed) {
      throw new IOException("the stream of the response is closed");
    }
    int position = offset;
    int left = length;
    while (left > 0) {
      int n = Math.min(left, PIECE_BYTES - count);
      ensureRoom(n);
      System.arraycopy(from, position, gathered, count, n);
      count += n;
      position += n;
      left -= n;
      if (count == PIECE_BYTES) {
        flush();
      }
    }
  }

  private void ensureRoom(int more) {
    if (count + more > gathered.length) {
      gathered = Arrays.copyOf(gathered, Math.clamp(2L * (count + more), FIRST_BYTES, PIECE_BYTES));
    }
  }

  /** Sends what was written so far. */
  @Override
  public void flush() throws IOException {
    if (count > 0) {
      byte[] piece = gathered;
      if (count == gathered.length) {
        gathered = new byte[PIECE_BYTES];
      } else {
        piece = Arrays.copyOf(gathered, count);
      }
      count = 0;
      send(piece, 0, piece.length);
    }
  }

  /** Flushes; the response itself ends when its writer returns. */
  @Override
  public void close() throws IOException {
    flush();
    closed = true;
  }

  /** Sends bytes that nobody changes, as one piece. Not to be mixed with writes. */
  void send(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    if (declared >= 0 && sent + length > declared) {
      throw new IOException(
          "the body is longer than the %d bytes that it declares".formatted(declared));
    }
    if (!begun) {
      answer.begin(response, declared);
      begun = true;
    }
    takeRoom(length);
    sent += length;
    answer.whenTaken(answer.write(bytes, offset, length), done -> taken(length, done));
  }

  /** The writer is done. */
  void finish() throws IOException {
    if (declared >= 0 && sent + count != declared) {
      throw new IOException(
          "the body has %d bytes and declares %d".formatted(sent + count, declared));
    }
    if (begun) {
      var _ = answer.end(gathered, count);
    } else {
      answer.endAtOnce(response, gathered, count);
    }
  }

  /** Counts a piece as sent, as soon as the client's limit and that of all clients allow it. */
  private void takeRoom(int more) throws IOException {
    if (!tryTakeRoom(more)) {
      waiting = Thread.currentThread();
      try {
        while (!tryTakeRoom(more)) {
          if (Thread.interrupted()) {
            throw new InterruptedIOException("interrupted while the client took the response");
          }
          LockSupport.park(this);
        }
      } finally {
        waiting = null;
      }
    }
  }

  /**
   * One piece may be on its way whatever the limits say. So whoever is refused here has some that
   * is taken, or lost, sooner or later, and is woken then.
   */
  private boolean tryTakeRoom(int more) throws ClientLostException {
    if (lost) {
      throw new ClientLostException(answer.lossReason());
    }
    long before = pending.get();
    if (before == 0) {
      allPending.add(more);
    } else if (before + more > bufferedLimit || !allPending.tryAdd(more)) {
      return false;
    }
    pending.addAndGet(more);
    return true;
  }

  /** Event loop: the client's socket has taken a piece, or never will. */
  private void taken(int length, boolean done) {
    if (!done) {
      lost = true;
    }
    allPending.taken(length);
    pending.addAndGet(-length);
    answer.progressed();
    Thread writer = waiting;
    if (writer != null) {
      LockSupport.unpark(writer);
    }
  }
}
