// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import dev.holdfast.engine.gate.CriticalSection;
import dev.holdfast.engine.gate.EntryGate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Code of the object that nobody waits for: a timer's action, or what follows a future of a call.
 */
final class TaskEvent extends Event {
  private static final Logger log = LoggerFactory.getLogger(TaskEvent.class);

  private final String what;
  private final @Nullable CallChain origin;
  private final Runnable action;

  /**
   * A task.
   *
   * @param origin the object itself and what led to it, when it set the task in motion: the task
   *     may enter the critical sections it was in then. What it calls continues the chain before
   *     that link, since the object is not called again
   */
  TaskEvent(String what, @Nullable CallChain origin, Runnable action) {
    super(origin == null ? null : origin.parent(), NEVER);
    this.what = what;
    this.origin = origin;
    this.action = action;
  }

  @Override
  @Nullable CriticalSection sectionAt(EntryGate gate) {
    return CallChain.sectionOf(origin, gate);
  }

  @Override
  @Nullable Object run(DurableObject instance) {
    run();
    return null;
  }

  /** Runs it; there is no instance yet if the constructor set it in motion and waits for it. */
  void run() {
    action.run();
  }

  @Override
  boolean exclusive(ObjectTraits traits) {
    return traits.exclusiveClass();
  }

  @Override
  Throwable translate(Throwable thrown) {
    return thrown;
  }

  @Override
  protected int weight() {
    return 0;
  }

  @Override
  void deliver(@Nullable Object result, @Nullable Throwable thrown) {
    if (thrown != null) {
      log.warn("{}: {} failed", activation().object(), what, thrown);
    }
  }

  @Override
  public String toString() {
    return what;
  }
}
