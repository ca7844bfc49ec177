// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a step of pruning from removing what was pinned after the step had looked, or belongs to
 * another object than it had seen: while a step is under way the committer notes which objects get
 * pins or are deleted, and when the step's removals come to the committer, those of such objects
 * are left out. Thread-safe.
 */
final class PruneGuard {
  private record Noted(int namespace, ObjectId id) {}

  private volatile @Nullable Set<Noted> noted;

  /** A step begins; what was taken on before may go unnoted until the committer's next. */
  void begin() {
    noted = ConcurrentHashMap.newKeySet();
  }

  void end() {
    noted = null;
  }

  /** An object gets a pin, or is deleted. */
  void note(int namespace, ObjectId id) {
    Set<Noted> objects = noted;
    if (objects != null) {
      objects.add(new Noted(namespace, id));
    }
  }

  /** Whether an object got a pin, or was deleted, since the step began. */
  boolean protects(int namespace, ObjectId id) {
    Set<Noted> objects = noted;
    return objects != null && !objects.isEmpty() && objects.contains(new Noted(namespace, id));
  }
}
