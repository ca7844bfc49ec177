// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a step of pruning from removing what was pinned after the step had looked: while a step is
 * under way the committer notes which objects get pins, and when the step's removals come to the
 * committer, those of such objects are left out. Thread-safe.
 */
final class PruneGuard {
  private record Pinned(int namespace, ObjectId id) {}

  private volatile @Nullable Set<Pinned> noted;

  /** A step begins; pins that were taken on before may go unnoted until the committer's next. */
  void begin() {
    noted = ConcurrentHashMap.newKeySet();
  }

  void end() {
    noted = null;
  }

  /** An object gets a pin. */
  void pinned(int namespace, ObjectId id) {
    Set<Pinned> pins = noted;
    if (pins != null) {
      pins.add(new Pinned(namespace, id));
    }
  }

  /** Whether an object got a pin since the step began. */
  boolean protects(int namespace, ObjectId id) {
    Set<Pinned> pins = noted;
    return pins != null && !pins.isEmpty() && pins.contains(new Pinned(namespace, id));
  }
}
