// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import dev.holdfast.engine.history.Intervention;
import org.jspecify.annotations.Nullable;

/**
 * What is done to an object without code of it, within the gate of an activation, so that nobody
 * else uses the object meanwhile. An activation that was not opened before ends with it. Immutable.
 */
sealed interface InterveningInvocation extends Invocation
    permits ForkInvocation, RestoreInvocation, KeepInvocation {

  /** Does it, within an activation whose gate it holds. */
  @Nullable Object run(Activation activation);

  /** What it is done with. */
  static Intervention intervention(Activation activation) {
    ActivationTable table = activation.table();
    return new Intervention(table.store(), activation.object(), table.clock().now());
  }

  @Override
  default @Nullable Object invoke(DurableObject instance) {
    throw new IllegalStateException("a " + this + " needs no instance");
  }

  @Override
  default Throwable translate(Throwable thrown) {
    return thrown;
  }

  @Override
  default boolean exclusive(ObjectTraits traits) {
    return true;
  }

  @Override
  default int weight() {
    return 0;
  }
}
