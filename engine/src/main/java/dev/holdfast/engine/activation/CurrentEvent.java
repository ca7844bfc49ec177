// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.store.ObjectRef;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Which event the calling thread runs: how a stub knows whether an object or a worker calls. */
public final class CurrentEvent {
  private static final ScopedValue<Event> CURRENT = ScopedValue.newInstance();

  private CurrentEvent() {}

  /** The object whose code the calling thread runs; for log lines. */
  public static Optional<ObjectRef> object() {
    Event event = get();
    return event == null ? Optional.empty() : Optional.of(event.activation().object());
  }

  static @Nullable Event get() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }

  private record Completed<T>(T value, Throwable failure) {}

  /** Waits for {@code stage} within the event that the calling thread runs, letting others in. */
  public static <T> T await(CompletionStage<T> stage) {
    Event event = get();
    if (event == null) {
      throw new IllegalStateException("the calling thread runs no event of an object");
    }
    return await(event.activation(), stage);
  }

  @SuppressWarnings("NullAway") // a stage completes with either, and may complete with null
  static <T> T await(Activation activation, CompletionStage<T> stage) {
    Event event = activation.runningEvent();
    AtomicReference<Completed<T>> completed = new AtomicReference<>();
    activation
        .suspensions()
        .suspend(
            event,
            "awaiting a future",
            () ->
                GatedFuture.observe(
                    event,
                    stage,
                    (value, failure) -> {
                      if (completed.compareAndSet(null, new Completed<>(value, failure))) {
                        activation.gate().resume(event);
                      }
                    }));
    Completed<T> outcome = completed.get();
    if (outcome.failure == null) {
      return outcome.value;
    }
    Throwable cause =
        outcome.failure instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : outcome.failure;
    switch (cause) {
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      default -> throw new CompletionException(cause);
    }
  }

  /** Runs code that is not the object's, though its thread runs an event: as code outside. */
  @SuppressWarnings("NullAway") // no event is what null stands for
  static <T> T asCodeOutside(Callable<T> code) throws Exception {
    return ScopedValue.where(CURRENT, (Event) null).call(code::call);
  }

  static void run(Event event, Runnable body) {
    ScopedValue.where(CURRENT, event).run(body);
  }
}
