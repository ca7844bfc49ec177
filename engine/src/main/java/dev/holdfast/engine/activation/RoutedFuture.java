// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A future that says itself where the code runs that is chained to it: whatever is chained without
 * an executor of its own passes through {@link #route}.
 */
abstract class RoutedFuture<T> extends CompletableFuture<T> {

  /** How code that is chained may run. */
  enum Mode {
    /** Where it is chained, if what it depends on is there already, or where that arrives. */
    SYNC,
    /** On its own, as the name of the method says. */
    ASYNC
  }

  /**
   * Chains code.
   *
   * @param other what it depends on beside this; null if nothing
   * @param chaining chains it such that the continuation that it is given runs it
   */
  abstract <U> CompletableFuture<U> route(
      Mode mode,
      @Nullable CompletionStage<?> other,
      Function<Continuation, CompletableFuture<U>> chaining);

  /**
   * A stage that does what {@code other} does and can be one of two of which either will do: what
   * is chained to those may come from the other.
   */
  abstract <U> CompletionStage<U> own(CompletionStage<U> other);

  /** Runs {@code observer}, which is the platform's, on the thread that completes this. */
  final void observe(BiConsumer<? super T, ? super Throwable> observer) {
    var _ = super.whenComplete(observer);
  }

  /** The same for any stage. */
  static <T> void observe(
      CompletionStage<T> stage, BiConsumer<? super T, ? super Throwable> observer) {
    if (stage instanceof RoutedFuture<T> routed) {
      routed.observe(observer);
    } else {
      var _ = stage.whenComplete(observer);
    }
  }

  @Override
  public CompletableFuture<T> copy() {
    return thenApply(value -> value);
  }

  @Override
  public <U> CompletableFuture<U> thenApply(Function<? super T, ? extends U> function) {
    return route(Mode.SYNC, null, by -> super.thenApplyAsync(function, by));
  }

  @Override
  public <U> CompletableFuture<U> thenApplyAsync(Function<? super T, ? extends U> function) {
    return route(Mode.ASYNC, null, by -> super.thenApplyAsync(function, by));
  }

  @Override
  public CompletableFuture<Void> thenAccept(Consumer<? super T> action) {
    return route(Mode.SYNC, null, by -> super.thenAcceptAsync(action, by));
  }

  @Override
  public CompletableFuture<Void> thenAcceptAsync(Consumer<? super T> action) {
    return route(Mode.ASYNC, null, by -> super.thenAcceptAsync(action, by));
  }

  @Override
  public CompletableFuture<Void> thenRun(Runnable action) {
    return route(Mode.SYNC, null, by -> super.thenRunAsync(action, by));
  }

  @Override
  public CompletableFuture<Void> thenRunAsync(Runnable action) {
    return route(Mode.ASYNC, null, by -> super.thenRunAsync(action, by));
  }

  @Override
  public <U> CompletableFuture<U> handle(BiFunction<? super T, Throwable, ? extends U> function) {
    return route(Mode.SYNC, null, by -> super.handleAsync(function, by));
  }

  @Override
  public <U> CompletableFuture<U> handleAsync(
      BiFunction<? super T, Throwable, ? extends U> function) {
    return route(Mode.ASYNC, null, by -> super.handleAsync(function, by));
  }

  @Override
  public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
    return route(Mode.SYNC, null, by -> super.whenCompleteAsync(action, by));
  }

  @Override
  public CompletableFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action) {
    return route(Mode.ASYNC, null, by -> super.whenCompleteAsync(action, by));
  }

  @Override
  public CompletableFuture<T> exceptionally(Function<Throwable, ? extends T> function) {
    return route(Mode.SYNC, null, by -> super.exceptionallyAsync(function, by));
  }

  @Override
  public CompletableFuture<T> exceptionallyAsync(Function<Throwable, ? extends T> function) {
    return route(Mode.ASYNC, null, by -> super.exceptionallyAsync(function, by));
  }

  @Override
  public <U> CompletableFuture<U> thenCompose(
      Function<? super T, ? extends CompletionStage<U>> function) {
    return route(Mode.SYNC, null, by -> super.thenComposeAsync(by.noting(function), by));
  }

  @Override
  public <U> CompletableFuture<U> thenComposeAsync(
      Function<? super T, ? extends CompletionStage<U>> function) {
    return route(Mode.ASYNC, null, by -> super.thenComposeAsync(by.noting(function), by));
  }

  @Override
  public CompletableFuture<T> exceptionallyCompose(
      Function<Throwable, ? extends CompletionStage<T>> function) {
    return route(Mode.SYNC, null, by -> super.exceptionallyComposeAsync(by.noting(function), by));
  }

  @Override
  public CompletableFuture<T> exceptionallyComposeAsync(
      Function<Throwable, ? extends CompletionStage<T>> function) {
    return route(Mode.ASYNC, null, by -> super.exceptionallyComposeAsync(by.noting(function), by));
  }

  @Override
  public <U, V> CompletableFuture<V> thenCombine(
      CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> function) {
    return route(Mode.SYNC, other, by -> super.thenCombineAsync(other, function, by));
  }

  @Override
  public <U, V> CompletableFuture<V> thenCombineAsync(
      CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> function) {
    return route(Mode.ASYNC, other, by -> super.thenCombineAsync(other, function, by));
  }

  @Override
  public <U> CompletableFuture<Void> thenAcceptBoth(
      CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
    return route(Mode.SYNC, other, by -> super.thenAcceptBothAsync(other, action, by));
  }

  @Override
  public <U> CompletableFuture<Void> thenAcceptBothAsync(
      CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
    return route(Mode.ASYNC, other, by -> super.thenAcceptBothAsync(other, action, by));
  }

  @Override
  public CompletableFuture<Void> runAfterBoth(CompletionStage<?> other, Runnable action) {
    return route(Mode.SYNC, other, by -> super.runAfterBothAsync(other, action, by));
  }

  @Override
  public CompletableFuture<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action) {
    return route(Mode.ASYNC, other, by -> super.runAfterBothAsync(other, action, by));
  }

  @Override
  public <U> CompletableFuture<U> applyToEither(
      CompletionStage<? extends T> other, Function<? super T, U> function) {
    return route(Mode.SYNC, other, by -> super.applyToEitherAsync(own(other), function, by));
  }

  @Override
  public <U> CompletableFuture<U> applyToEitherAsync(
      CompletionStage<? extends T> other, Function<? super T, U> function) {
    return route(Mode.ASYNC, other, by -> super.applyToEitherAsync(own(other), function, by));
  }

  @Override
  public CompletableFuture<Void> acceptEither(
      CompletionStage<? extends T> other, Consumer<? super T> action) {
    return route(Mode.SYNC, other, by -> super.acceptEitherAsync(own(other), action, by));
  }

  @Override
  public CompletableFuture<Void> acceptEitherAsync(
      CompletionStage<? extends T> other, Consumer<? super T> action) {
    return route(Mode.ASYNC, other, by -> super.acceptEitherAsync(own(other), action, by));
  }

  @Override
  public CompletableFuture<Void> runAfterEither(CompletionStage<?> other, Runnable action) {
    return route(Mode.SYNC, other, by -> super.runAfterEitherAsync(own(other), action, by));
  }

  @Override
  public CompletableFuture<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action) {
    return route(Mode.ASYNC, other, by -> super.runAfterEitherAsync(own(other), action, by));
  }
}
