// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.engine.NodeClock.Scheduled;
import dev.holdfast.engine.gate.CriticalSection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The future of a call that an object made without waiting, or of what is chained to one. {@code
 * join} and {@code get} within the object let other events in, as every wait does. What is chained
 * runs as code of the object, whichever thread completes this, and another stage on which it
 * depends too; an executor that the code names itself is the exception, as its name says.
 *
 * <h2>Critical sections</h2>
 *
 * The answer is delivered by an event that every section lets in, since it runs no code of the
 * object that does not belong there: what is chained is run by its own {@link Continuation}. So:
 *
 * <blockquote>
 * Code in a critical section gets the answer of every call for which it waits, whenever that was
 * made. Of what was chained before the section only that runs within it for whose result the
 * section waits, and what this depends on; all else runs after it.
 * </blockquote>
 *
 * <p>That leaves out what code of the object chains to a future that is not of this class, for
 * example {@link CompletableFuture#allOf}: it runs wherever that future completes.
 *
 * <h2>The end of the activation</h2>
 *
 * What is not complete then fails with what happened, for threads outside of the object that wait
 * for it. What is chained to it does not run any more, and its futures fail likewise.
 */
final class GatedFuture<T> extends RoutedFuture<T> {
  private final Activation activation;

  /** What led to the call. */
  private final @Nullable CallChain origin;

  /** The code that completes this; null if it is the future of a call, or of foreign code. */
  private volatile @Nullable Continuation continuation;

  GatedFuture(Activation activation, @Nullable CallChain origin) {
    this.activation = activation;
    this.origin = origin;
  }

  // ---------------------------------------------------------------- completing

  /** Completes it with the answer of the call, by way of the gate. Any thread. */
  void settle(@Nullable T value, @Nullable Throwable failure) {
    Runnable entering =
        () -> {
          activation.openCalls().remove(this);
          finish(value, failure);
        };
    // If nothing enters any more it is lost, as all open calls are.
    Consumer<Throwable> otherwise =
        why -> {
          activation.openCalls().remove(this);
          lose(why);
        };
    boolean _ = Arrival.accept(activation, TaskEvent.answer(origin, entering, otherwise), false);
  }

  @SuppressWarnings("NullAway") // null is a value
  private void finish(@Nullable T value, @Nullable Throwable failure) {
    if (failure == null) {
      complete(value);
    } else {
      completeExceptionally(failure);
    }
  }

  /** It will never be completed by the object: tells those outside who wait for it. Any thread. */
  void lose(Throwable why) {
    if (!isDone()) {
      // What foreign code chained to it may take its time.
      Thread.startVirtualThread(() -> completeExceptionally(why));
    }
  }

  // ---------------------------------------------------------------- chaining

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new GatedFuture<>(activation, origin);
  }

  @Override
  public Executor defaultExecutor() {
    return new Continuation(activation, Mode.ASYNC, here(runningEvent()), false, List.of());
  }

  @Override
  <U> CompletableFuture<U> route(
      Mode mode,
      @Nullable CompletionStage<?> other,
      Function<Continuation, CompletableFuture<U>> chaining) {
    Event event = runningEvent();
    List<CompletionStage<?>> awaited = other == null ? List.of(this) : List.of(this, other);
    Continuation code = new Continuation(activation, mode, here(event), event != null, awaited);
    GatedFuture<U> stage = (GatedFuture<U>) chaining.apply(code);
    stage.continuation = code;
    code.chained(stage);
    return stage;
  }

  @Override
  <U> CompletionStage<U> own(CompletionStage<U> other) {
    if (other instanceof GatedFuture<U> gated && gated.activation == activation) {
      return other;
    }
    GatedFuture<U> relay = new GatedFuture<>(activation, origin);
    observe(other, relay::finish);
    return relay;
  }

  /** The event of the object that the calling thread runs; null if it runs none. */
  private @Nullable Event runningEvent() {
    Event event = CurrentEvent.get();
    return event != null && activation.runsHere(event) ? event : null;
  }

  /** What leads to code that {@code event} chains, or somebody else does. */
  private @Nullable CallChain here(@Nullable Event event) {
    return event == null ? origin : CallChain.within(event);
  }

  // ---------------------------------------------------------------- waiting

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
    Event event = CurrentEvent.get();
    if (event == null || event.activation() != activation) {
      return super.get(timeout, unit);
    }
    letOthersIn(Duration.ofNanos(unit.toNanos(timeout)));
    return super.get(0, TimeUnit.NANOSECONDS);
  }

  private void letOthersIn(@Nullable Duration timeout) {
    Event event = CurrentEvent.get();
    if (isDone() || event == null || event.activation() != activation) {
      return;
    }
    AtomicBoolean resumed = new AtomicBoolean();
    Runnable resume =
        () -> {
          if (resumed.compareAndSet(false, true)) {
            activation.gate().resume(event);
          }
        };
    AtomicReference<@Nullable Scheduled> patience = new AtomicReference<>();
    try {
      activation
          .suspensions()
          .suspend(
              event,
              "waiting for a call",
              () -> {
                observe(event, (value, failure) -> resume.run());
                if (timeout != null) {
                  patience.set(activation.table().clock().after(timeout, resume));
                }
              });
    } finally {
      Scheduled pending = patience.get();
      if (pending != null) {
        pending.cancel();
      }
    }
  }

  /** Tells {@code observer} when {@code stage} completes, for which {@code waiter} waits. */
  static <T> void observe(
      Event waiter, CompletionStage<T> stage, BiConsumer<? super T, ? super Throwable> observer) {
    if (stage instanceof GatedFuture<T> gated && gated.activation == waiter.activation()) {
      gated.observe(waiter, observer);
    } else {
      observe(stage, observer);
    }
  }

  private void observe(Event waiter, BiConsumer<? super T, ? super Throwable> observer) {
    CriticalSection section = activation.gate().section();
    if (section != null) {
      drawInto(section, CallChain.within(waiter));
    }
    observe(observer);
  }

  /** Lets all code on which this depends into a section that waits for it. */
  void drawInto(CriticalSection section, CallChain waiter) {
    ArrayDeque<CompletionStage<?>> open = new ArrayDeque<>(List.of(this));
    Set<CompletionStage<?>> seen = new HashSet<>();
    while (!open.isEmpty()) {
      CompletionStage<?> stage = open.remove();
      if (stage instanceof GatedFuture<?> gated && gated.activation == activation) {
        Continuation code = gated.continuation;
        if (code != null && !gated.isDone() && seen.add(gated)) {
          code.drawInto(section, waiter).forEach(open::add);
        }
      }
    }
  }
}
