// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.LimitExceededException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The futures of calls that an activation made without waiting and whose answers have not entered
 * it so far. They keep it awake, so that what follows them is not lost, and their number bounds the
 * events that bring the answers. Thread-safe.
 */
final class OpenCalls {
  private final Activation activation;
  private final KeepAwake keepAwake;
  private final Set<GatedFuture<?>> futures = new HashSet<>();

  OpenCalls(Activation activation) {
    this.activation = activation;
    this.keepAwake = activation.keepAwake();
  }

  /**
   * A call is about to be made.
   *
   * @throws LimitExceededException if there are too many
   */
  synchronized void add(GatedFuture<?> future) {
    int limit = activation.table().limits().openCalls();
    if (futures.size() >= limit) {
      throw new LimitExceededException(
          "%s: %d calls that it made without waiting have no answer yet, limit %d (limits.open-calls); wait for some"
              .formatted(activation, limit, limit));
    }
    futures.add(future);
    keepAwake.workBegan();
  }

  /** Its answer has entered, or never will. */
  synchronized void remove(GatedFuture<?> future) {
    if (futures.remove(future)) {
      keepAwake.workEnded();
    }
  }

  /** No answer enters any more: says so to those outside who wait for one. */
  void lose(Throwable why) {
    List<GatedFuture<?>> lost;
    synchronized (this) {
      lost = List.copyOf(futures);
      futures.clear();
    }
    lost.forEach(future -> future.lose(why));
  }
}
