// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import dev.holdfast.engine.gate.CriticalSection;
import dev.holdfast.engine.gate.EntryGate;
import org.jspecify.annotations.Nullable;

/**
 * Code of an object that the object itself set in motion, not a caller. It belongs to the
 * activation that did, and ends with it.
 */
abstract sealed class OwnEvent extends Event permits TaskEvent, BodyEvent {
  private final String what;
  private final @Nullable CallChain origin;

  /**
   * An event of the object's own.
   *
   * @param origin the object itself and what led to it, when it set this in motion: it may enter
   *     the critical sections that the object was in then. What it calls continues the chain before
   *     that link, since the object is not called again
   */
  OwnEvent(String what, @Nullable CallChain origin) {
    super(origin == null ? null : origin.parent(), NEVER);
    this.what = what;
    this.origin = origin;
  }

  /** Runs it; there is no instance yet if the constructor set it in motion and waits for it. */
  abstract void run() throws Exception;

  @Override
  final @Nullable CriticalSection sectionAt(EntryGate gate) {
    return CallChain.sectionOf(origin, gate);
  }

  @Override
  final @Nullable Object run(DurableObject instance) throws Exception {
    run();
    return null;
  }

  @Override
  final boolean exclusive(ObjectTraits traits) {
    return traits.exclusiveClass();
  }

  @Override
  protected final int weight() {
    return 0;
  }

  @Override
  public final String toString() {
    return what;
  }
}
