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
 *
 * <p>What depends on it and on another stage too, which any thread may complete, runs as an event
 * all the same: the other stage is waited for by way of the gate. An executor that the code names
 * itself is the exception, as its name says.
 */
final class GatedFuture<T> extends CompletableFuture<T> {
  private final Activation activation;
  private final @Nullable CallChain chain;

  GatedFuture(Activation activation, @Nullable CallChain chain) {
    this.activation = activation;
    this.chain = chain;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new GatedFuture<>(activation, chain);
  }

  @Override
  public Executor defaultExecutor() {
    return this::asEvent;
  }

  private void asEvent(Runnable action) {
    activation.accept(new TaskEvent("what follows a call", chain, action), false);
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
    Event event = CurrentEvent.get();
    if (event != null
        && event.activation() == activation
        && event.runsOn(Thread.currentThread())
        && activation.gate().isRunning(event)) {
      return completion.getAsBoolean();
    }
    boolean pending = !isDone();
    if (pending) {
      asEvent(
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

  /** A stage that completes when {@code other} does, but under the gate. */
  private <U> CompletionStage<U> gated(CompletionStage<U> other) {
    if (other instanceof GatedFuture<U> own && own.activation == activation) {
      return own;
    }
    GatedFuture<U> gated = new GatedFuture<>(activation, chain);
    var _ = other.whenComplete(gated::settle);
    return gated;
  }

  /** A function whose stage completes under the gate. */
  private <A, U> Function<A, CompletionStage<U>> gating(
      Function<? super A, ? extends CompletionStage<U>> function) {
    return argument -> gated(function.apply(argument));
  }

  @Override
  public <U> CompletableFuture<U> thenCompose(
      Function<? super T, ? extends CompletionStage<U>> function) {
    return super.thenCompose(gating(function));
  }

  @Override
  public <U> CompletableFuture<U> thenComposeAsync(
      Function<? super T, ? extends CompletionStage<U>> function, Executor executor) {
    return super.thenComposeAsync(gating(function), executor);
  }

  @Override
  public <U> CompletableFuture<U> thenComposeAsync(
      Function<? super T, ? extends CompletionStage<U>> function) {
    return super.thenComposeAsync(gating(function));
  }

  @Override
  public CompletableFuture<T> exceptionallyComposeAsync(
      Function<Throwable, ? extends CompletionStage<T>> function) {
    return super.exceptionallyComposeAsync(gating(function));
  }

  @Override
  public CompletableFuture<T> exceptionallyCompose(
      Function<Throwable, ? extends CompletionStage<T>> function) {
    return super.exceptionallyCompose(gating(function));
  }

  @Override
  public CompletableFuture<T> exceptionallyComposeAsync(
      Function<Throwable, ? extends CompletionStage<T>> function, Executor executor) {
    return super.exceptionallyComposeAsync(gating(function), executor);
  }

  @Override
  public <U, V> CompletableFuture<V> thenCombine(
      CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> function) {
    return super.thenCombine(gated(other), function);
  }

  @Override
  public <U> CompletableFuture<Void> thenAcceptBoth(
      CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
    return super.thenAcceptBoth(gated(other), action);
  }

  @Override
  public CompletableFuture<Void> runAfterBoth(CompletionStage<?> other, Runnable action) {
    return super.runAfterBoth(gated(other), action);
  }

  @Override
  public <U> CompletableFuture<U> applyToEither(
      CompletionStage<? extends T> other, Function<? super T, U> function) {
    return super.applyToEither(gated(other), function);
  }

  @Override
  public CompletableFuture<Void> acceptEither(
      CompletionStage<? extends T> other, Consumer<? super T> action) {
    return super.acceptEither(gated(other), action);
  }

  @Override
  public CompletableFuture<Void> runAfterEither(CompletionStage<?> other, Runnable action) {
    return super.runAfterEither(gated(other), action);
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
    letOthersIn(Duration.ofNanos(unit.toNanos(timeout)));
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
}
