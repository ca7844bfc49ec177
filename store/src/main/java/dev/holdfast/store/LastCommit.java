// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far an object has come: what its last commit was. Immutable.
 *
 * @param seq the number of the commit
 * @param generation the generation to which it belongs
 * @param name the name that was kept with the object's first commit; null if it has none
 */
public record LastCommit(long seq, Generation generation, @Nullable String name) {
  public LastCommit {
    Objects.requireNonNull(generation, "generation");
  }
}
