// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The futures of an activation's calls whose answers have not entered it so far. Thread-safe. */
final class OpenCalls {
  private final Set<GatedFuture<?>> futures = new HashSet<>();

  /** A call is about to be made. */
  synchronized void add(GatedFuture<?> future) {
    futures.add(future);
  }

  /** Its answer has entered. */
  synchronized void remove(GatedFuture<?> future) {
    futures.remove(future);
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
