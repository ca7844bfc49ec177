// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import org.jspecify.annotations.Nullable;

/**
 * What is done to an object without any code of it, so that it works also if that is broken. It
 * comes as a call does, in order with the others, and runs within the gate of an activation, which
 * ends with it: what that knows of the object, if it has begun, is out of date then. Immutable.
 */
sealed interface Intervention extends Invocation
    permits ForkInvocation, DeleteInvocation, RestoreInvocation, KeepInvocation {

  /** Whether that activation does it itself, in a turn as any other, and does not end with it. */
  default boolean isTurn(Activation activation) {
    return false;
  }

  /**
   * Throws if it is not to be done, so that the activation goes on as if nothing had happened. The
   * gate of the activation is held by {@code event}.
   */
  void check(Activation activation, Event event);

  /**
   * Does it, right after it was checked, within an activation whose gate {@code event} holds.
   *
   * @return what the caller gets
   */
  @Nullable Object run(Activation activation, Event event);

  /** Why the activation ends when it was done. */
  Throwable end();

  /** It was done, and the activation is over: clears up what that has left on the node. */
  default void afterwards(Activation over) {}

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
