// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import java.util.ArrayDeque;
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

  private final Runnable action;

  /** Told why it never ran. */
  private final Consumer<Throwable> otherwise;

  private final boolean entersAnySection;

  private volatile boolean begun;

  /** What it goes on with. Its own thread only. */
  private final ArrayDeque<Part> parts = new ArrayDeque<>(0);

  /**
   * Code that has become ready by what the event did.
   *
   * @param by whose code it is
   */
  record Part(Continuation by, Runnable code) {}

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
    for (Part next = parts.poll(); next != null; next = parts.poll()) {
      if (activation().isOver()) {
        next.by().neverRan(activation().lostCall());
      } else {
        next.code().run();
      }
    }
  }

  /** Runs {@code part}, too, after what it does now. On its own thread. */
  void goOnWith(Part part) {
    parts.add(part);
  }

  /** What it would go on with does not wait with it: this might wait for that. */
  @Override
  void aboutToWait() {
    for (Part next = parts.poll(); next != null; next = parts.poll()) {
      if (!next.by().enter(next.code())) {
        next.by().neverRan(activation().lostCall());
      }
    }
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
