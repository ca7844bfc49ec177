// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Body;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request while it arrives. The event loop puts pieces in, a reader takes them out,
 * and asks for more as it goes: what it does not take stays with the client.
 *
 * <p>At most {@value #WINDOW} pieces of at most {@value #PIECE_BYTES} bytes are asked for and not
 * taken. Nothing is asked for before the first read, and only then a client that waits for a sign
 * gets it.
 */
final class RequestBody implements Body {
  /** Pieces on their way; enough to keep a reader busy while the next ones are asked for. */
  private static final int WINDOW = 16;

  /** The longest piece; the parser's limit. */
  static final int PIECE_BYTES = 8 << 10;

  private static final Object END = new Object();
  private static final byte[] NOTHING = new byte[0];

  private final Exchange exchange;
  private final HttpServerRequest http;
  private final long length;
  private final long limit;
  private final boolean expectsContinue;
  private final AtomicBoolean opened = new AtomicBoolean();

  /** Pieces as {@code byte[]}, then {@link #END} or a {@link RequestBodyException}. */
  private final Queue<Object> arrived = new ConcurrentLinkedQueue<>();

  private volatile @Nullable Thread waiting;
  private volatile long waitingSince;
  private volatile boolean discarding;
  private volatile long received;
  private volatile boolean complete;
  private volatile boolean failed;

  /** Why the client sends no more. */
  private volatile @Nullable RequestBodyException lost;

  /** The client that waits for a sign has it. */
  private volatile boolean continued;

  /** Event loop only: nothing is put in after the last item. */
  private boolean ended;

  RequestBody(Exchange exchange, long length, boolean expectsContinue) {
    this.exchange = exchange;
    this.http = exchange.http();
    this.length = length;
    this.limit = exchange.edge().limits().bodyBytes();
    this.expectsContinue = expectsContinue;
  }

  static Refusal tooLong(long limit) {
    return new Refusal(
        413, "the body is longer than the limit of %d bytes (limits.body-bytes)".formatted(limit));
  }

  static Refusal tooSlow(GatewayTimeouts timeouts) {
    return new Refusal(
        408,
        "no byte of the body came within " + timeouts.body().toMillis() + " ms (limits.body-ms)");
  }

  /** Why a body ended before its end. */
  static RequestBodyException failure(Throwable cause) {
    return new RequestBodyException(
        cause instanceof HttpClosedException || cause instanceof IOException
            ? new Refusal(400, "the client closed the connection before the end of the body")
            : new Refusal(400, "the body of the request is malformed"));
  }

  private static RequestBodyException answered() {
    return new RequestBodyException(
        new Refusal(400, "the request is answered and the rest of its body is gone"));
  }

  // --- Event loop ---

  void begin() {
    http.pause();
    http.handler(this::put);
    http.endHandler(
        _ -> {
          complete = true;
          finish(END);
        });
    http.exceptionHandler(
        cause -> {
          // Answer first: the reader, once it is awake, may answer too, but too late to be sent.
          RequestBodyException failure = failure(cause);
          lost = failure;
          exchange.requestLost(failure.refusal());
          finish(failure);
        });
  }

  /**
   * On the event loop, because of the order: whoever claims the answer first writes after this, or
   * is seen here.
   */
  private void sendContinue() {
    if (exchange.waiting()) {
      continued = true;
      var _ = http.response().writeContinue();
    }
  }

  private void put(Buffer piece) {
    long total = received + piece.length();
    received = total;
    if (total > limit) {
      finish(new RequestBodyException(tooLong(limit)));
    } else if (!discarding && !ended) {
      arrived.add(Pieces.bytes(piece));
      wake();
    }
  }

  private void finish(Object last) {
    if (!ended) {
      ended = true;
      failed = last instanceof RequestBodyException;
      arrived.add(last);
      wake();
    }
  }

  /** Whether a reader waits for the client. */
  boolean waiting() {
    return waiting != null;
  }

  /** Nanoseconds until the client has been waited for too long; if so, fails the body. */
  long nanosLeft(long now) {
    GatewayTimeouts timeouts = exchange.edge().timeouts();
    long left = timeouts.body().toNanos() - (now - waitingSince);
    if (left <= 0) {
      finish(new RequestBodyException(tooSlow(timeouts)));
    }
    return left;
  }

  // --- Any thread ---

  private void wake() {
    Thread reader = waiting;
    if (reader != null) {
      LockSupport.unpark(reader);
    }
  }

  /** How many bytes are still to come; {@link Long#MAX_VALUE} if that is not known. */
  long rest() {
    if (failed || (expectsContinue && !continued)) {
      return Long.MAX_VALUE;
    }
    if (complete) {
      return 0;
    }
    return length < 0 ? Long.MAX_VALUE : length - received;
  }

  /** The request is answered: what is left of its body is thrown away as it comes. */
  void discard() {
    discarding = true;
    arrived.clear();
    wake();
    http.resume();
  }

  // --- The reader ---

  @Override
  public OptionalLong length() {
    return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
  }

  /**
   * @throws IllegalStateException at the second call
   */
  @Override
  public InputStream stream() {
    if (opened.getAndSet(true)) {
      throw new IllegalStateException("the body of a request can be read once; keep what you read");
    }
    if (expectsContinue) {
      exchange.connection().execute(this::sendContinue);
    }
    http.fetch(WINDOW);
    return new Reader();
  }

  /** The next item, waiting for it. */
  private Object take() throws IOException {
    Object item = arrived.poll();
    if (item != null) {
      return item;
    }
    waitingSince = System.nanoTime();
    waiting = Thread.currentThread();
    try {
      while ((item = arrived.poll()) == null) {
        if (discarding) {
          RequestBodyException cause = lost;
          throw cause == null ? answered() : cause;
        }
        if (Thread.interrupted()) {
          throw new InterruptedIOException("interrupted while waiting for the request's body");
        }
        LockSupport.park(this);
      }
      return item;
    } finally {
      waiting = null;
      exchange.clientCame();
    }
  }

  /** For one thread at a time. */
  private final class Reader extends InputStream {
    private byte[] piece = NOTHING;
    private int position;
    private int taken;
    private boolean closed;
    private @Nullable Object last;

    @Override
    public int read() throws IOException {
      return fill() ? piece[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int offset, int count) throws IOException {
      Objects.checkFromIndexSize(offset, count, to.length);
      if (count == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int n = Math.min(count, piece.length - position);
      System.arraycopy(piece, position, to, offset, n);
      position += n;
      return n;
    }

    @Override
    public int available() {
      return piece.length - position;
    }

    @Override
    public void close() {
      piece = NOTHING;
      position = 0;
      closed = true;
    }

    /** Whether there is a byte to read. */
    private boolean fill() throws IOException {
      if (closed) {
        throw new IOException("the stream of the request's body is closed");
      }
      while (position == piece.length) {
        Object item = last == null ? take() : last;
        switch (item) {
          case byte[] bytes -> {
            piece = bytes;
            position = 0;
            askForMore();
          }
          case RequestBodyException failure -> {
            last = failure;
            throw failure;
          }
          default -> {
            last = END;
            return false;
          }
        }
      }
      return true;
    }

    private void askForMore() {
      if (++taken == WINDOW / 2) {
        taken = 0;
        http.fetch(WINDOW / 2);
      }
    }
  }
}
