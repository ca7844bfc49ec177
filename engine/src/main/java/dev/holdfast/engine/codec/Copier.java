// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import org.jspecify.annotations.Nullable;

/**
 * Copies values of one declared type, so that caller and object share nothing that can change. A
 * value of a deeply immutable type is its own copy. Thread-safe.
 *
 * <p>What is on its way is packed: it cannot change any more, its weight is known, and it can be
 * unpacked as often as it takes to deliver it, each time as a value that nobody has seen.
 */
public sealed interface Copier permits Copiers.Same, Copiers.Clone, Copiers.Recode {
  /**
   * A copy of {@code value}, equal to it.
   *
   * @throws IllegalArgumentException if the value cannot be encoded, or is not of the type
   */
  @Nullable Object copy(@Nullable Object value);

  /**
   * What stands for {@code value} on its way; for this copier's {@link #unpack} alone.
   *
   * @throws IllegalArgumentException if the value cannot be encoded, or is not of the type
   */
  @Nullable Object pack(@Nullable Object value);

  /** A copy of the value that was packed. */
  @Nullable Object unpack(@Nullable Object packed);

  /** About how many bytes of memory {@code packed} takes. */
  long weight(@Nullable Object packed);

  /** Whether all values have one weight, because the type has no part of any length. */
  boolean weighsTheSame();

  /** Whether values are their own copies. */
  default boolean sharesValues() {
    return this instanceof Copiers.Same;
  }
}
