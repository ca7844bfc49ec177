// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The future of a call that an object made without waiting. It completes under the object's gate,
 * so that what depends on it runs as an event of the object; {@code join} and {@code get} within
 * the object let other events in, as every wait does.
 */
final class GatedFuture<T> extends CompletableFuture<T> {
  private final Activation activation;
  private final GatedDependents dependents;

  GatedFuture(Activation activation, @Nullable CallChain chain) {
    this(activation, new GatedDependents(activation, chain));
  }

  private GatedFuture(Activation activation, GatedDependents dependents) {
    this.activation = activation;
    this.dependents = dependents;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new GatedFuture<>(activation, dependents);
  }

  @Override
  public Executor defaultExecutor() {
    return dependents::asEvent;
  }

  /** Completes it from outside, by way of the gate. */
  void settle(@Nullable Object value, @Nullable Throwable failure) {
    if (failure == null) {
      completeUnchecked(value);
    } else {
      completeExceptionally(failure);
    }
  }

  /** Within the object at once; from elsewhere by way of the gate. */
  @Override
  public boolean complete(T value) {
    return underGate(() -> super.complete(value));
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    return underGate(() -> super.completeExceptionally(failure));
  }

  /** Also forgets the answer, but not the call. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return underGate(() -> super.cancel(mayInterruptIfRunning));
  }

  /**
   * Runs what completes this, and thereby what depends on it, as code of the object.
   *
   * @return whether it did complete it; for a caller outside, whether it probably will
   */
  private boolean underGate(BooleanSupplier completion) {
    if (dependents.underGate()) {
      return completion.getAsBoolean();
    }
    boolean pending = !isDone();
    if (pending) {
      dependents.asEvent(
          () -> {
            boolean _ = completion.getAsBoolean();
          });
    }
    return pending;
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the stub's method says the type; null is a value
  private void completeUnchecked(@Nullable Object value) {
    complete((T) value);
  }

  @Override
  public T join() {
    letOthersIn(null);
    return super.join();
  }

  @Override
  public T get() throws InterruptedException, ExecutionException {
    letOthersIn(null);
    return super.get();
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    letOthersIn(Duration.of(timeout, unit.toChronoUnit()));
    return super.get(0, TimeUnit.NANOSECONDS);
  }

  private void letOthersIn(@Nullable Duration timeout) {
    Event event = CurrentEvent.get();
    if (isDone() || event == null || event.activation() != activation) {
      return;
    }
    activation.suspend(
        event,
        "waiting for a call",
        () -> {
          AtomicBoolean resumed = new AtomicBoolean();
          Runnable resume =
              () -> {
                if (resumed.compareAndSet(false, true)) {
                  activation.gate().resume(event);
                }
              };
          var _ = super.whenComplete((value, failure) -> resume.run());
          if (timeout != null) {
            activation.table().clock().after(timeout, resume);
          }
        });
  }

  // ---------------------------------------------------------------- what depends on it

  // Its code runs by way of the gate whoever completes what it waits for: that may also be a
  // foreign
  // future that was combined with this one.

  @Override
  public <U> CompletableFuture<U> thenApply(Function<? super T, ? extends U> fn) {
    return super.thenApplyAsync(fn, dependents);
  }

  @Override
  public CompletableFuture<Void> thenAccept(Consumer<? super T> action) {
    return super.thenAcceptAsync(action, dependents);
  }

  @Override
  public CompletableFuture<Void> thenRun(Runnable action) {
    return super.thenRunAsync(action, dependents);
  }

  @Override
  public <U, V> CompletableFuture<V> thenCombine(
      CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn) {
    return super.thenCombineAsync(other, fn, dependents);
  }

  @Override
  public <U> CompletableFuture<Void> thenAcceptBoth(
      CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
    return super.thenAcceptBothAsync(other, action, dependents);
  }

  @Override
  public CompletableFuture<Void> runAfterBoth(CompletionStage<?> other, Runnable action) {
    return super.runAfterBothAsync(other, action, dependents);
  }

  @Override
  public <U> CompletableFuture<U> applyToEither(
      CompletionStage<? extends T> other, Function<? super T, U> fn) {
    return super.applyToEitherAsync(other, fn, dependents);
  }

  @Override
  public CompletableFuture<Void> acceptEither(
      CompletionStage<? extends T> other, Consumer<? super T> action) {
    return super.acceptEitherAsync(other, action, dependents);
  }

  @Override
  public CompletableFuture<Void> runAfterEither(CompletionStage<?> other, Runnable action) {
    return super.runAfterEitherAsync(other, action, dependents);
  }

  @Override
  public <U> CompletableFuture<U> thenCompose(
      Function<? super T, ? extends CompletionStage<U>> fn) {
    return super.thenComposeAsync(fn, dependents);
  }

  @Override
  public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
    return super.whenCompleteAsync(action, dependents);
  }

  @Override
  public <U> CompletableFuture<U> handle(BiFunction<? super T, Throwable, ? extends U> fn) {
    return super.handleAsync(fn, dependents);
  }

  @Override
  public CompletableFuture<T> exceptionally(Function<Throwable, ? extends T> fn) {
    return super.exceptionallyAsync(fn, dependents);
  }

  @Override
  public CompletableFuture<T> exceptionallyCompose(
      Function<Throwable, ? extends CompletionStage<T>> fn) {
    return super.exceptionallyComposeAsync(fn, dependents);
  }
}
