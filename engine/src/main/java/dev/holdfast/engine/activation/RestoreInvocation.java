// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Bookmark;
import dev.holdfast.store.Generation;

/**
 * Makes the object what it was at the end of a generation, and answers the bookmark that undoes it.
 * What the activation knows of the object is out of date then, so it ends. Immutable.
 *
 * @param end the generation
 */
public record RestoreInvocation(Generation end) implements InterveningInvocation {

  @Override
  public Bookmark run(Activation activation) {
    return InterveningInvocation.intervention(activation).restore(end);
  }

  @Override
  public String toString() {
    return "restore";
  }
}
