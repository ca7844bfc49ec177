// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.CallTimeoutException;
import dev.holdfast.ObjectId;
import dev.holdfast.engine.NodeClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls to the objects of one namespace, for whoever the calling thread is: code of an
 * object, which hands its baton on and whose writes must be durable first, or code outside, which
 * merely blocks. Thread-safe.
 */
public final class Calls {
  private final ActivationTable target;

  /** Calls to the objects of that table. */
  public Calls(ActivationTable target) {
    this.target = target;
  }

  /**
   * Calls and waits for the answer.
   *
   * @param timeout how long to wait; null for the default
   */
  public @Nullable Object call(ObjectId id, Invocation invocation, @Nullable Duration timeout)
      throws Throwable {
    Event caller = CurrentEvent.get();
    if (caller == null) {
      BlockingReply reply = new BlockingReply();
      Call call = new Call(id, invocation, null, deadline(timeout, null), reply);
      CallEvent event = new CallEvent(call);
      Expiry pending = expire(call, event, timeout);
      // The object's code may run on this thread, but nobody interrupted the object.
      boolean interrupted = Thread.interrupted();
      try {
        target.bring(id, event, timeout == null && target.inlining());
        return reply.await();
      } finally {
        pending.cancel();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
    Activation activation = caller.activation();
    activation.checkThread();
    SuspendedReply reply = new SuspendedReply(caller);
    Call call = outgoing(caller, id, invocation, timeout, reply);
    CallEvent event = new CallEvent(call);
    Expiry pending = expire(call, event, timeout);
    try {
      activation
          .suspensions()
          .suspend(
              caller,
              "a call to " + target.namespace() + "." + invocation,
              () -> {
                activation.sends(caller);
                activation.pipeline().release(new CallOutput(target, call, event));
              });
    } finally {
      pending.cancel();
    }
    return reply.get();
  }

  /** Calls without waiting; the future of a call made by an object belongs to the object. */
  public CompletableFuture<Object> callAsync(
      ObjectId id, Invocation invocation, @Nullable Duration timeout) {
    Event caller = CurrentEvent.get();
    if (caller == null) {
      CompletableFuture<Object> future = new CompletableFuture<>();
      Call call = new Call(id, invocation, null, deadline(timeout, null), detached(future));
      CallEvent event = new CallEvent(call);
      Expiry pending = expire(call, event, timeout);
      var _ = future.whenComplete((value, failure) -> pending.cancel());
      target.bring(id, event, false);
      return future;
    }
    Activation activation = caller.activation();
    activation.checkThread();
    CallChain chain =
        CallChain.of(activation.object(), activation.gate().section(), caller.chain());
    GatedFuture<Object> future = new GatedFuture<>(activation, chain);
    Reply reply =
        new Reply() {
          @Override
          public void complete(@Nullable Object value) {
            future.settle(value, null);
          }

          @Override
          public void fail(Throwable failure) {
            future.settle(null, failure);
          }
        };
    activation.openCalls().add(future);
    Call call = outgoing(caller, id, invocation, timeout, reply);
    CallEvent event = new CallEvent(call);
    Expiry pending = expire(call, event, timeout);
    if (pending != Expiry.NONE) {
      future.observe((value, failure) -> pending.cancel());
    }
    activation.issue(new CallOutput(target, call, event));
    return future;
  }

  private Call outgoing(
      Event caller, ObjectId id, Invocation invocation, @Nullable Duration timeout, Reply reply) {
    Activation activation = caller.activation();
    CallChain chain =
        CallChain.of(activation.object(), activation.gate().section(), caller.chain());
    return new Call(id, invocation, chain, deadline(timeout, caller), reply);
  }

  /** The earlier of the caller's own deadline and the end of the timeout. */
  private long deadline(@Nullable Duration timeout, @Nullable Event caller) {
    Duration wait = timeout == null ? target.limits().callTimeout() : timeout;
    long deadline = target.clock().nanoTime() + NodeClock.nanosOf(wait);
    return caller == null || caller.deadlineNanos() == Event.NEVER
        ? deadline
        : deadline - caller.deadlineNanos() < 0 ? deadline : caller.deadlineNanos();
  }

  /** Deadlines are swept anyway; one that the caller chose is also kept to the millisecond. */
  private Expiry expire(Call call, CallEvent event, @Nullable Duration timeout) {
    if (timeout == null) {
      return Expiry.NONE;
    }
    return target
            .clock()
            .after(
                timeout,
                () ->
                    event.expire(
                        outcome ->
                            new CallTimeoutException(
                                "%s/%s: %s did not answer within %s"
                                    .formatted(
                                        target.namespace(),
                                        call.id().name().orElseGet(call.id()::toString),
                                        call.invocation(),
                                        timeout),
                                outcome)))
        ::cancel;
  }

  /** Completes a future on a thread of its own, so that what depends on it harms nobody. */
  private static Reply detached(CompletableFuture<Object> future) {
    return new Reply() {
      @Override
      @SuppressWarnings("NullAway") // null is a value of the future
      public void complete(@Nullable Object value) {
        Thread.startVirtualThread(() -> future.complete(value));
      }

      @Override
      public void fail(Throwable failure) {
        Thread.startVirtualThread(() -> future.completeExceptionally(failure));
      }
    };
  }

  /** A pending expiry that may not be needed. */
  @FunctionalInterface
  private interface Expiry {
    Expiry NONE = () -> false;

    @SuppressWarnings("UnusedReturnValue")
    boolean cancel();
  }
}
