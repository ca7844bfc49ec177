// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Code of the object that nobody waits for: a timer's action, or what follows a future of a call.
 */
final class TaskEvent extends Event {
  private static final Logger log = LoggerFactory.getLogger(TaskEvent.class);

  private final String what;
  private final Runnable action;

  /**
   * A task.
   *
   * @param chain what caused it; it may enter critical sections that are part of it
   */
  TaskEvent(String what, @Nullable CallChain chain, Runnable action) {
    super(chain, NEVER);
    this.what = what;
    this.action = action;
  }

  @Override
  @Nullable Object run(DurableObject instance) {
    action.run();
    return null;
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
