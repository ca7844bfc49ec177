// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import org.jspecify.annotations.Nullable;

/** What a call does once it is inside: a method of the remote interface, or fetch. Immutable. */
public interface Invocation {

  /** Runs it, and returns its result ready to be handed to the caller. */
  @Nullable Object invoke(DurableObject instance) throws Throwable;

  /** What an exception of object code becomes for the caller. */
  Throwable translate(Throwable thrown);

  /** Whether it is a critical section from beginning to end. */
  boolean exclusive(ObjectTraits traits);

  /** Whether it can be run again after an attempt of which the store applied nothing. */
  default boolean repeatable() {
    return true;
  }

  /** How many bytes its parameters weigh while it waits. */
  int weight();

  /** The method, for messages. */
  @Override
  String toString();
}
