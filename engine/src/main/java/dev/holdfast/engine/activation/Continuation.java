// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.engine.gate.CriticalSection;
import dev.holdfast.engine.gate.EntryGate;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs code that was chained to the future of a call, as code of the object: at once where it is
 * chained, if what it depends on is there already; else at the end of the event that makes it
 * ready, if that runs in the critical section to which the code belongs and does not wait before;
 * else as an event of its own. It belongs to the section in which it was chained, until a section
 * waits for it and draws it in. Thread-safe.
 */
final class Continuation implements Executor {
  private final Activation activation;
  private final RoutedFuture.Mode mode;

  /** The thread that is just chaining the code, as code of the object; null if none is. */
  private volatile @Nullable Thread chaining;

  // Guarded by this.

  /** What led to the code, and the section to which it belongs. */
  private @Nullable CallChain origin;

  /** The stages of which some are missing, as long as the code is not ready or goes on in one. */
  private List<CompletionStage<?>> awaited;

  /** The section that waits for it; null if none does. */
  private @Nullable CriticalSection drawnInto;

  /** The event in which it waits or runs; null if it is not ready, or ran where it was chained. */
  private @Nullable TaskEvent event;

  /** What the code completes; null while it is being chained. */
  private @Nullable GatedFuture<?> result;

  /** Why it will never run; null if it may. */
  private @Nullable Throwable lost;

  /**
   * For code that is about to be chained.
   *
   * @param origin what leads to it
   * @param byObject whether the calling thread runs code of the object
   * @param awaited the stages on which it depends
   */
  Continuation(
      Activation activation,
      RoutedFuture.Mode mode,
      @Nullable CallChain origin,
      boolean byObject,
      List<CompletionStage<?>> awaited) {
    this.activation = activation;
    this.mode = mode;
    this.origin = origin;
    this.chaining = byObject ? Thread.currentThread() : null;
    this.awaited = awaited;
  }

  /** The code was chained, and completes {@code stage}. */
  void chained(GatedFuture<?> stage) {
    chaining = null;
    Throwable why;
    synchronized (this) {
      result = stage;
      why = lost;
    }
    if (why != null) {
      stage.lose(why);
    }
  }

  /** A function whose stage is what the code then waits for. */
  <A, U> Function<A, CompletionStage<U>> noting(
      Function<? super A, ? extends CompletionStage<U>> function) {
    return argument -> {
      CompletionStage<U> further = function.apply(argument);
      if (further != null) {
        awaits(further);
      }
      return further;
    };
  }

  private void awaits(CompletionStage<?> further) {
    CriticalSection section;
    CallChain waiter;
    synchronized (this) {
      awaited = List.of(further);
      section = drawnInto;
      waiter = origin;
    }
    if (section != null
        && waiter != null
        && activation.gate().isOpen(section)
        && further instanceof GatedFuture<?> gated) {
      gated.drawInto(section, waiter);
    }
  }

  /** What the code depends on is there. */
  @Override
  public void execute(Runnable code) {
    if (activation.isOver()) {
      throw activation.lostCall();
    }
    synchronized (this) {
      awaited = List.of();
    }
    if (mode == RoutedFuture.Mode.SYNC) {
      if (chaining == Thread.currentThread()) {
        code.run();
        return;
      }
      if (CurrentEvent.get() instanceof TaskEvent running
          && activation.runsHere(running)
          && belongsTo(running)) {
        synchronized (this) {
          event = running;
        }
        running.goOnWith(new TaskEvent.Part(this, code));
        return;
      }
    }
    if (!enter(code)) {
      throw activation.lostCall();
    }
  }

  /**
   * Runs the code as an event of its own.
   *
   * @return false if nothing enters any more
   */
  synchronized boolean enter(Runnable code) {
    TaskEvent own = TaskEvent.continuation(origin, code, this::neverRan);
    event = own;
    return Arrival.accept(activation, own, false);
  }

  /** Whether the section and the chain of calls are those of the running event. */
  private synchronized boolean belongsTo(TaskEvent running) {
    EntryGate gate = activation.gate();
    return running.chain() == (origin == null ? null : origin.parent())
        && gate.isInnermost(CallChain.sectionOf(origin, gate));
  }

  /**
   * Lets the code into a section that waits for it.
   *
   * @param waiter the one who waits in the section
   * @return what the code itself waits for
   */
  synchronized Stream<CompletionStage<?>> drawInto(CriticalSection section, CallChain waiter) {
    origin = waiter;
    drawnInto = section;
    if (event != null) {
      activation.gate().draw(event, section);
    }
    return awaited.stream();
  }

  /** The code will not run. */
  void neverRan(Throwable cause) {
    GatedFuture<?> stage;
    synchronized (this) {
      lost = cause;
      stage = result;
    }
    if (stage != null) {
      stage.lose(cause);
    }
  }
}
