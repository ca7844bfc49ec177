// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Code of the object that nobody waits for: a timer's action, the answer of a call, or what follows
 * one.
 */
final class TaskEvent extends OwnEvent {
  private static final Logger log = LoggerFactory.getLogger(TaskEvent.class);

  /** How deep parts may be nested, since each takes some of the thread's stack. */
  private static final int MAX_NESTED_PARTS = 64;

  private final Runnable action;

  /** Told why it never ran. */
  private final Consumer<Throwable> otherwise;

  private final boolean entersAnySection;

  // Its own thread only, from the beginning on.
  private boolean begun;
  private int nestedParts;

  private TaskEvent(
      String what,
      @Nullable CallChain origin,
      Runnable action,
      Consumer<Throwable> otherwise,
      boolean entersAnySection) {
    super(what, origin);
    this.action = action;
    this.otherwise = otherwise;
    this.entersAnySection = entersAnySection;
  }

  /** The action of a timer. */
  static TaskEvent timer(Runnable action) {
    return new TaskEvent("a timer", null, action, _ -> {}, false);
  }

  /** The answer of a call, made by {@code origin}. */
  static TaskEvent answer(
      @Nullable CallChain origin, Runnable action, Consumer<Throwable> otherwise) {
    return new TaskEvent("the answer of a call", origin, action, otherwise, true);
  }

  /** Code that follows a call, chained by {@code origin}. */
  static TaskEvent continuation(
      @Nullable CallChain origin, Runnable action, Consumer<Throwable> otherwise) {
    return new TaskEvent("what follows a call", origin, action, otherwise, false);
  }

  @Override
  void run() {
    begun = true;
    action.run();
  }

  /**
   * Runs code that has become ready by what this does, as a part of it.
   *
   * @return false if it must be run otherwise
   */
  boolean runPart(Runnable part) {
    if (nestedParts == MAX_NESTED_PARTS) {
      return false;
    }
    nestedParts++;
    try {
      part.run();
    } finally {
      nestedParts--;
    }
    return true;
  }

  @Override
  protected boolean entersAnySection() {
    return entersAnySection;
  }

  @Override
  void neverRan(Throwable cause) {
    otherwise.accept(activation().lostCall());
  }

  @Override
  Throwable translate(Throwable thrown) {
    return thrown;
  }

  @Override
  void deliver(@Nullable Object result, @Nullable Throwable thrown) {
    if (thrown != null) {
      log.warn("{}: {} failed", activation().object(), this, thrown);
      if (!begun) {
        otherwise.accept(thrown);
      }
    }
  }
}
