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

  /** Adds what has just started. */
  synchronized <T extends AutoCloseable> T add(T part) {
    started.push(part);
    return part;
  }

  /**
   * Closes every part, also when one fails. Idempotent.
   *
   * @throws IllegalStateException if some did, with what they threw as suppressed
   */
  @Override
  public synchronized void close() {
    IllegalStateException failure = new IllegalStateException("the node did not stop in order");
    while (!started.isEmpty()) {
      try {
        started.pop().close();
      } catch (Exception e) {
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
