// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import org.jspecify.annotations.Nullable;

/**
 * Copies values of one declared type, so that caller and object share nothing that can change. A
 * value of a deeply immutable type is its own copy. Thread-safe.
 */
public sealed interface Copier permits Copiers.Same, Copiers.Clone, Copiers.Recode {
  /**
   * A copy of {@code value}, equal to it.
   *
   * @throws IllegalArgumentException if the value cannot be encoded, or is not of the type
   */
  @Nullable Object copy(@Nullable Object value);

  /** Whether values are their own copies. */
  default boolean sharesValues() {
    return this instanceof Copiers.Same;
  }
}
