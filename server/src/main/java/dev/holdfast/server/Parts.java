// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The parts of a node, in the order in which they started: they are closed in the opposite one.
 * Thread-safe.
 */
final class Parts implements AutoCloseable {
  // Guarded by this.
  private final Deque<AutoCloseable> started = new ArrayDeque<>();

  private volatile boolean closing;

  /** Adds what has just started. */
  synchronized <T extends AutoCloseable> T add(T part) {
    started.push(part);
    return part;
  }

  /** Adds what has just started but is closed after what was added before it. */
  synchronized <T extends AutoCloseable> T addBelow(T part) {
    AutoCloseable before = started.pop();
    started.push(part);
    started.push(before);
    return part;
  }

  /** Whether they are being closed, or are closed. */
  boolean closing() {
    return closing;
  }

  /**
   * Closes every part, also when one fails. Idempotent.
   *
   * @throws IllegalStateException if some did, with what they threw as suppressed
   */
  @Override
  public synchronized void close() {
    closing = true;
    IllegalStateException failure = new IllegalStateException("the node did not stop in order");
    while (!started.isEmpty()) {
      try {
        started.pop().close();
      } catch (Exception | Error e) {
        failure.addSuppressed(e);
      }
    }
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  /** Closes every part because the start of the next failed. */
  void closeAfter(Throwable failure) {
    try {
      close();
    } catch (IllegalStateException e) {
      failure.addSuppressed(e);
    }
  }
}
