// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Code of the object that nobody waits for: a timer's action, or what follows a future of a call.
 */
final class TaskEvent extends OwnEvent {
  private static final Logger log = LoggerFactory.getLogger(TaskEvent.class);

  private final Runnable action;

  /**
   * A task.
   *
   * @param origin what led to it; null if it stands for itself
   */
  TaskEvent(String what, @Nullable CallChain origin, Runnable action) {
    super(what, origin);
    this.action = action;
  }

  @Override
  void run() {
    action.run();
  }

  @Override
  Throwable translate(Throwable thrown) {
    return thrown;
  }

  @Override
  void deliver(@Nullable Object result, @Nullable Throwable thrown) {
    if (thrown != null) {
      log.warn("{}: {} failed", activation().object(), this, thrown);
    }
  }
}
