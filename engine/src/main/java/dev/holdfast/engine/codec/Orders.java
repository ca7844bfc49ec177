// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The order of sorted collections. */
final class Orders {
  private Orders() {}

  /**
   * A comparator is code: it cannot be written, and a sorted collection read without it differs.
   */
  static void requireNatural(@Nullable Comparator<?> comparator, Class<?> type) {
    if (comparator != null && !comparator.equals(Comparator.naturalOrder())) {
      throw new Mismatch(
          "a "
              + type.getSimpleName()
              + " sorted by a comparator of its own, which cannot be encoded; copy it into a"
              + " LinkedHashSet or LinkedHashMap, which keep the order of their entries");
    }
  }
}
