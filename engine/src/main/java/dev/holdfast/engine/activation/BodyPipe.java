// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Body;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A response body on its way from an object that is still writing it to whoever reads it. Bounded:
 * the writer is told when it holds more than {@value #CAPACITY_BYTES} bytes. Thread-safe.
 */
final class BodyPipe implements Body {
  private static final int CAPACITY_BYTES = 64 << 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
  private int bytes;
  private boolean ended;
  private boolean abandoned;
  private @Nullable IOException failure;
  private @Nullable Runnable onRoom;

  @Override
  public OptionalLong length() {
    return OptionalLong.empty();
  }

  @Override
  public InputStream stream() {
    return new Reader();
  }

  /** Adds a chunk, whether there is room or not. */
  void add(byte[] chunk) {
    locked(
        () -> {
          if (!abandoned) {
            chunks.add(chunk);
            bytes += chunk.length;
          }
        });
  }

  /** There is no more. */
  void end() {
    locked(() -> ended = true);
  }

  /** The reader gets what was added, then this. */
  void fail(IOException cause) {
    locked(
        () -> {
          if (!ended && failure == null) {
            failure = cause;
          }
        });
  }

  /** Whether the reader has gone away. */
  boolean abandoned() {
    lock.lock();
    try {
      return abandoned;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the writer should wait before it adds more. */
  boolean full() {
    lock.lock();
    try {
      return isFull();
    } finally {
      lock.unlock();
    }
  }

  /** Runs {@code action} once, when the pipe is not full, which may be at once. */
  void whenRoom(Runnable action) {
    boolean now;
    lock.lock();
    try {
      now = !isFull();
      if (!now) {
        onRoom = action;
      }
    } finally {
      lock.unlock();
    }
    if (now) {
      action.run();
    }
  }

  private boolean isFull() {
    return bytes > CAPACITY_BYTES && !abandoned;
  }

  private void locked(Runnable change) {
    Runnable room = null;
    lock.lock();
    try {
      change.run();
      changed.signalAll();
      if (!isFull()) {
        room = onRoom;
        onRoom = null;
      }
    } finally {
      lock.unlock();
    }
    if (room != null) {
      room.run();
    }
  }

  /** The reading end. For one thread. */
  private final class Reader extends InputStream {
    private byte[] current = new byte[0];
    private int position;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (position == current.length) {
        byte[] next = take();
        if (next == null) {
          return -1;
        }
        current = next;
        position = 0;
      }
      int count = Math.min(length, current.length - position);
      System.arraycopy(current, position, target, offset, count);
      position += count;
      return count;
    }

    private byte @Nullable [] take() throws IOException {
      byte[][] taken = new byte[1][];
      lock.lock();
      try {
        while (chunks.isEmpty() && !ended && failure == null && !abandoned) {
          changed.awaitUninterruptibly();
        }
      } finally {
        lock.unlock();
      }
      locked(
          () -> {
            taken[0] = chunks.poll();
            bytes -= taken[0] == null ? 0 : taken[0].length;
          });
      if (taken[0] == null && failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
      return taken[0];
    }

    @Override
    public void close() {
      locked(
          () -> {
            abandoned = true;
            chunks.clear();
            bytes = 0;
          });
    }
  }
}
