// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.CallTimeoutException;
import dev.holdfast.DurableObject;
import dev.holdfast.ObjectOverloadedException;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.EngineOptions.EventLimits;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A call from a worker or from another object. */
final class CallEvent extends Event {
  private final Call call;
  private final int attempt;
  private volatile @Nullable BodyPipe responseBody;

  /** The attempt that follows this one, once there is one. */
  private volatile @Nullable CallEvent next;

  /**
   * Why its caller does not wait any more; null as long as he does. Written before {@link #next} is
   * read, and read after that is written.
   */
  private volatile @Nullable Function<Outcome, CallTimeoutException> expired;

  CallEvent(Call call) {
    this(call, 1);
  }

  private CallEvent(Call call, int attempt) {
    super(call.chain(), call.deadlineNanos());
    this.call = call;
    this.attempt = attempt;
  }

  @Override
  @Nullable Object run(DurableObject instance) throws Throwable {
    return call.invocation().invoke(instance);
  }

  /** What it does if it is no code of the object; else null. */
  @Nullable InterveningInvocation intervening() {
    return call.invocation() instanceof InterveningInvocation intervening ? intervening : null;
  }

  @Override
  boolean exclusive(ObjectTraits traits) {
    return call.invocation().exclusive(traits);
  }

  @Override
  Throwable translate(Throwable thrown) {
    return call.invocation().translate(thrown);
  }

  @Override
  protected int weight() {
    return call.invocation().weight();
  }

  @Override
  void deliver(@Nullable Object result, @Nullable Throwable thrown) {
    if (thrown == null) {
      call.reply().complete(result);
    } else {
      callerGoesAway(thrown);
      if (!retried(thrown)) {
        call.reply().fail(thrown);
      }
    }
  }

  /** Its code may go on without its caller; but nobody will read its response. */
  private void callerGoesAway(Throwable failure) {
    letGo(failure);
    BodyPipe unread = responseBody;
    if (unread != null) {
      unread.close("its caller got a failure instead: " + failure.getMessage());
    }
  }

  /** It never left its caller, since what the caller wrote before was not stored. */
  void neverLeft(StorageException why) {
    if (tryStart() && claimAnswer()) {
      call.reply().fail(why);
    }
  }

  /**
   * Ends the call because its caller stops waiting: this attempt and all that follow it, also one
   * that is being prepared at the same time. Either it finds that one, or whoever prepares it finds
   * that the call has expired.
   *
   * @param why makes what the caller gets, if nobody answers first
   */
  void expire(Function<Outcome, CallTimeoutException> why) {
    for (CallEvent attempt = this; attempt != null; attempt = attempt.next) {
      attempt.expired = why;
      Outcome outcome = attempt.tryStart() ? Outcome.NOT_APPLIED : Outcome.UNKNOWN;
      if (!attempt.answered()) {
        attempt.answer(null, why.apply(outcome));
      }
    }
  }

  /** If it is answered with a failure instead, nobody will read {@code pipe}. */
  void answersWith(BodyPipe pipe) {
    responseBody = pipe;
    if (answered()) {
      pipe.close("its caller had got a failure before");
    }
  }

  /** What a call is answered with that finds no room before the gate of {@code full}. */
  static ObjectOverloadedException overload(Activation full) {
    EventLimits limits = full.table().limits();
    int suspended = full.suspensions().count();
    return new ObjectOverloadedException(
        suspended >= limits.suspendedEvents()
            ? "%s: %d events have started and wait for something, limit %d (limits.suspended-events); retry with back-off"
                .formatted(full, suspended, limits.suspendedEvents())
            : "%s: %d events (%d bytes) waiting, limit %d (limits.waiting-events) or %d bytes (limits.waiting-bytes); retry with back-off"
                .formatted(
                    full,
                    full.gate().waitingCount(),
                    full.gate().waitingBytes(),
                    limits.waitingEvents(),
                    limits.waitingBytes()));
  }

  /** Tries again what the store did not apply, as long as the caller waits for it. */
  private boolean retried(Throwable thrown) {
    if (!(thrown instanceof StorageException refused)
        || refused.outcome() != Outcome.NOT_APPLIED
        || !refused.retryable()
        || attempt == Handover.MAX_ATTEMPTS
        || !call.invocation().repeatable()) {
      return false;
    }
    Ending ending = activation().ending();
    Handover handover = ending == null ? null : ending.handover();
    long soonest = activation().table().clock().nanoTime() + Handover.pauseNanos(attempt + 1);
    boolean tooLate = deadlineNanos() != NEVER && soonest - deadlineNanos() >= 0;
    if (handover == null || tooLate) {
      return false;
    }
    CallEvent again = new CallEvent(call, attempt + 1);
    if (!handover.takeBack(again, this)) {
      return false;
    }
    followedBy(again);
    return true;
  }

  private void followedBy(CallEvent again) {
    next = again;
    Function<Outcome, CallTimeoutException> late = expired;
    if (late != null) {
      again.expire(late);
    }
  }

  /**
   * Goes on to the next activation, in its place: it was claimed before it had begun.
   *
   * @param cause why this activation is over, for the caller if it is too late for the next
   */
  void goesOnIn(Handover handover, Throwable cause) {
    if (!claimAnswer()) {
      return; // its caller does not wait any more
    }
    CallEvent again = new CallEvent(call, attempt);
    if (handover.takeBack(again, this)) {
      followedBy(again);
    } else {
      deliver(null, resetBy(cause));
    }
  }

  /** Whether it is answered with an overload where too many wait. */
  boolean mayBeRefused() {
    return !(call.invocation() instanceof SocketInvocation);
  }

  /** Which attempt this is, from 1. */
  int attempt() {
    return attempt;
  }

  @Override
  public String toString() {
    return call.invocation().toString();
  }
}
