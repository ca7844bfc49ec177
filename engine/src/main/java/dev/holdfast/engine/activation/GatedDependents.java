// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs what depends on the futures of an object's calls: within the object at once, from elsewhere
 * as an event of it. Thread-safe.
 */
final class GatedDependents implements Executor {
  /** A longer chain of dependents goes on in an event of its own, since each one nests. */
  private static final int MAX_DEPTH = 64;

  private final Activation activation;
  private final @Nullable CallChain chain;

  /** How many run within each other. Object thread only. */
  private int depth;

  /**
   * The dependents of futures of {@code activation}.
   *
   * @param chain the call from which they come; null if they stand for themselves
   */
  GatedDependents(Activation activation, @Nullable CallChain chain) {
    this.activation = activation;
    this.chain = chain;
  }

  @Override
  public void execute(Runnable dependent) {
    if (!underGate() || depth >= MAX_DEPTH) {
      asEvent(dependent);
      return;
    }
    depth++;
    try {
      dependent.run();
    } finally {
      depth--;
    }
  }

  /** Whether the calling thread runs code of the object. */
  boolean underGate() {
    Event event = CurrentEvent.get();
    return event != null
        && event.activation() == activation
        && event.runsOn(Thread.currentThread())
        && activation.gate().isRunning(event);
  }

  void asEvent(Runnable action) {
    activation.accept(new TaskEvent("what follows a call", chain, action), false);
  }
}
