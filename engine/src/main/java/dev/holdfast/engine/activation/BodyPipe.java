// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way from the code that writes it to the code that reads it, one of them or both an
 * object's. Thread-safe.
 *
 * <h2>Bound</h2>
 *
 * A piece is counted from the moment it is written, also while it waits at its object's output
 * gate: {@link #reserve} counts it, {@link #add} makes it readable, reading counts it off. A writer
 * asks {@link #full} first, so a pipe holds at most {@value #CAPACITY_BYTES} bytes and one piece.
 * It is told of room when half of that is free: else each read would bring the writer back.
 *
 * <h2>Life</h2>
 *
 * <pre>
 *   open ──► ended     all is written
 *    │ └───► broken    there will be no more; the reader gets the rest and then the reason
 *    ▼         │
 *   closed ◄───┴────── nobody reads any more; nothing is kept, and the writer is told the reason
 * </pre>
 *
 * Waiting is not done here: both ends leave an action that runs when there is news.
 */
final class BodyPipe implements StreamedBody {
  static final int CAPACITY_BYTES = 64 << 10;

  /** What a piece takes beside its bytes, so that many small ones are bounded too. */
  private static final int PIECE_OVERHEAD_BYTES = 64;

  private static final long NOTHING_TO_TAKE = -1;

  private static final byte[] NOTHING = new byte[0];

  private enum State {
    OPEN,
    ENDED,
    BROKEN,
    CLOSED
  }

  private final String what;
  private final OptionalLong length;
  private final Consumer<BodyPipe> source;
  private final AtomicBoolean opened = new AtomicBoolean();
  private final AtomicBoolean started = new AtomicBoolean();

  // Guarded by this.
  private State state = State.OPEN;
  private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
  private int weight;
  private long taken;
  private @Nullable IOException reason;
  private List<Runnable> onRoom = List.of();
  private List<Runnable> onNews = List.of();

  /**
   * A pipe.
   *
   * @param what it carries, for messages
   * @param length how many bytes it will carry, if that is known
   * @param source sets the writer in motion; called once, by the reader, before it first waits
   */
  BodyPipe(String what, OptionalLong length, Consumer<BodyPipe> source) {
    this.what = what;
    this.length = length;
    this.source = source;
  }

  @Override
  public OptionalLong length() {
    return length;
  }

  @Override
  public InputStream stream() {
    if (opened.getAndSet(true)) {
      throw new IllegalStateException(what + " can be read once; keep what you read");
    }
    return new PipeInputStream(this);
  }

  @Override
  public boolean opened() {
    return opened.get();
  }

  @Override
  public synchronized boolean over() {
    return state != State.OPEN && pieces.isEmpty();
  }

  // ---------------------------------------------------------------- the writer

  /** Whether the writer must wait before it writes more. */
  synchronized boolean full() {
    return state == State.OPEN && weight >= CAPACITY_BYTES;
  }

  /** Runs {@code action} once: when the pipe is not full, or there is no point in waiting. */
  void whenRoom(Runnable action) {
    synchronized (this) {
      if (state == State.OPEN && weight >= CAPACITY_BYTES) {
        onRoom = with(onRoom, action);
        return;
      }
    }
    action.run();
  }

  /**
   * Counts a piece that is about to be sent.
   *
   * @throws IOException if nobody would read it
   */
  synchronized void reserve(int bytes) throws IOException {
    if (state == State.ENDED) {
      throw new IOException(what + " has ended");
    }
    if (state != State.OPEN) {
      throw failure();
    }
    weight += bytes + PIECE_OVERHEAD_BYTES;
  }

  /** Lets the reader have a piece that was counted. */
  void add(byte[] piece) {
    change(
        () -> {
          if (state == State.OPEN) {
            pieces.add(piece);
          }
        });
  }

  /** There is no more. */
  void end() {
    change(
        () -> {
          if (state == State.OPEN) {
            state = State.ENDED;
          }
        });
  }

  /** There is no more, but should be: the reader gets what was added, then this. */
  void fail(IOException why) {
    change(
        () -> {
          if (state == State.OPEN) {
            state = State.BROKEN;
            reason = why;
          }
        });
  }

  /** How many pieces were read; {@link #NOTHING_TO_TAKE} if none waits to be read. */
  synchronized long taken() {
    return pieces.isEmpty() ? NOTHING_TO_TAKE : taken;
  }

  /**
   * The writer has waited for {@code limit}, and is to look again. If there was something to take
   * when it began to, and nothing was taken since, nobody reads this. Pieces that wait for the disk
   * are nothing that a reader could take.
   *
   * @param takenBefore what {@link #taken} said then
   */
  void writerWaited(long takenBefore, String limit) {
    change(
        () -> {
          if (state == State.OPEN && taken == takenBefore) {
            closeBecause("its reader took nothing of it for " + limit + " (limits.stream-idle-ms)");
          }
        });
    List<Runnable> lookAgain;
    synchronized (this) {
      lookAgain = onRoom;
      onRoom = List.of();
    }
    lookAgain.forEach(Runnable::run);
  }

  // ---------------------------------------------------------------- the reader

  /** Sets the writer in motion, if that is still to be done. */
  void start() {
    if (!started.getAndSet(true)) {
      source.accept(this);
    }
  }

  /** The next piece; an empty one if there is none yet; null if there are no more. */
  byte @Nullable [] take() throws IOException {
    byte[] piece;
    List<Runnable> wake = List.of();
    synchronized (this) {
      piece = pieces.poll();
      if (piece == null) {
        return switch (state) {
          case OPEN -> NOTHING;
          case ENDED -> null;
          case BROKEN, CLOSED -> throw failure();
        };
      }
      taken++;
      weight -= piece.length + PIECE_OVERHEAD_BYTES;
      if (weight <= CAPACITY_BYTES / 2) {
        wake = onRoom;
        onRoom = List.of();
      }
    }
    wake.forEach(Runnable::run);
    return piece;
  }

  /** Runs {@code action} once: when there is something to take, or never will be. */
  void whenNews(Runnable action) {
    synchronized (this) {
      if (state == State.OPEN && pieces.isEmpty()) {
        onNews = with(onNews, action);
        return;
      }
    }
    action.run();
  }

  @Override
  public void close(String why) {
    change(() -> closeBecause(why));
  }

  private void closeBecause(String why) {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      reason = new IOException("%s was closed: %s".formatted(what, why));
      pieces.clear();
      weight = 0;
    }
  }

  // ---------------------------------------------------------------- both

  /** Changes something of which both ends may want to know. */
  private void change(Runnable change) {
    List<Runnable> wakeReader;
    List<Runnable> wakeWriter = List.of();
    synchronized (this) {
      change.run();
      wakeReader = onNews;
      onNews = List.of();
      if (state != State.OPEN) {
        wakeWriter = onRoom;
        onRoom = List.of();
      }
    }
    wakeReader.forEach(Runnable::run);
    wakeWriter.forEach(Runnable::run);
  }

  /** Usually one waits; several when an object's events share a stream. */
  private static List<Runnable> with(List<Runnable> waiting, Runnable another) {
    if (waiting.isEmpty()) {
      return List.of(another);
    }
    List<Runnable> more = new ArrayList<>(waiting);
    more.add(another);
    return more;
  }

  /** A new one for each who asks, with the stack of where. */
  private IOException failure() {
    IOException why = reason;
    return why == null
        ? new IOException(what + " broke off")
        : new IOException(why.getMessage(), why.getCause());
  }

  @Override
  public String toString() {
    return what;
  }
}
