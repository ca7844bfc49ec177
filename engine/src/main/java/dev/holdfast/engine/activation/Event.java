// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import dev.holdfast.HoldfastException;
import dev.holdfast.ObjectResetException;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.gate.CriticalSection;
import dev.holdfast.engine.gate.Entrant;
import dev.holdfast.engine.gate.EntryGate;
import dev.holdfast.engine.gate.Output;
import dev.holdfast.engine.gate.Receipt;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One thing that enters an object. It waits at the entry gate, runs as one or more turns, and is
 * answered once: with its result when that may leave, or with why there is none.
 */
abstract class Event extends Entrant implements Output {
  /** No deadline. */
  static final long NEVER = Long.MAX_VALUE;

  private static final VarHandle ANSWERED;
  private static final VarHandle STARTED;

  static {
    try {
      ANSWERED = MethodHandles.lookup().findVarHandle(Event.class, "answered", boolean.class);
      STARTED = MethodHandles.lookup().findVarHandle(Event.class, "started", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final @Nullable CallChain chain;
  private final long deadlineNanos;
  private @Nullable Activation activation;
  private volatile @Nullable Thread thread;

  /** When its turn began, or {@link #NEVER} while it waits; read by the watchdog. */
  private volatile long turnStartedNanos = NEVER;

  /** When the outermost of its critical sections began, or {@link #NEVER}; read by the watchdog. */
  private volatile long sectionStartedNanos = NEVER;

  /** How many critical sections it has open. Its own thread only. */
  private int sections;

  // What it did so far: written by its thread, read when it is dropped or discarded.

  /** Whether it may be about to commit what {@link #firstCommit} does not show yet. */
  private volatile boolean sealing;

  private volatile @Nullable Receipt firstCommit;

  /**
   * For what waits that which it sent first; null if it sent nothing before its first commit. All
   * that it sent later falls with the first, or with that commit.
   */
  private volatile @Nullable Receipt sentBehind;

  private volatile boolean leftOver;
  private volatile boolean guilty;

  /** The bodies that end with it; null if there are none. Replaced by its own thread only. */
  private volatile @Nullable HeldBodies held;

  private @Nullable Object value;
  private @Nullable Throwable failure;

  @SuppressWarnings("unused") // through ANSWERED
  private volatile boolean answered;

  @SuppressWarnings("unused") // through STARTED
  private volatile boolean started;

  /**
   * An event.
   *
   * @param chain the chain of calls that caused it; null if none did
   * @param deadlineNanos when its caller stops waiting, by the node's monotonic clock
   */
  Event(@Nullable CallChain chain, long deadlineNanos) {
    this.chain = chain;
    this.deadlineNanos = deadlineNanos;
  }

  /** Runs the object's code; the calling thread holds the baton. */
  abstract @Nullable Object run(DurableObject instance) throws Throwable;

  /** Whether it is a critical section from beginning to end. */
  abstract boolean exclusive(ObjectTraits traits);

  /** Tells whoever brought it, without blocking. */
  abstract void deliver(@Nullable Object result, @Nullable Throwable thrown);

  /** Turns what object code threw into what the caller gets. */
  abstract Throwable translate(Throwable thrown);

  /** What it is, for messages. */
  @Override
  public abstract String toString();

  final @Nullable CallChain chain() {
    return chain;
  }

  final long deadlineNanos() {
    return deadlineNanos;
  }

  final Activation activation() {
    Activation target = activation;
    if (target == null) {
      throw new IllegalStateException(this + " has not been brought to an object");
    }
    return target;
  }

  /** Binds it to the activation whose gate it is about to enter. */
  final void bind(Activation target) {
    activation = target;
    belongTo(sectionAt(target.gate()));
  }

  /** The section of that gate that caused it; null if none. */
  @Nullable CriticalSection sectionAt(EntryGate gate) {
    return CallChain.sectionOf(chain, gate);
  }

  final @Nullable Thread thread() {
    return thread;
  }

  final boolean runsOn(Thread candidate) {
    return thread == candidate;
  }

  final void beginOn(Thread runner) {
    thread = runner;
  }

  @Override
  protected final void onAdmitted() {
    Thread waiter = thread;
    if (waiter == null) {
      activation().startThread(this);
    } else {
      LockSupport.unpark(waiter);
    }
  }

  /** It is about to hand the baton on because it waits for something. Its own thread. */
  void aboutToWait() {}

  /** Parks its own thread until it has the baton again, or is to find out that its gate closed. */
  final void awaitAdmission() {
    boolean interrupted = false;
    while (!admitted()) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  final void turnStarted(long nanos) {
    turnStartedNanos = nanos;
  }

  /** It is about to hand the baton on. The next turn begins when its own thread says so. */
  final void turnEnded() {
    turnStartedNanos = NEVER;
  }

  final long turnStartedNanos() {
    return turnStartedNanos;
  }

  /** It opens a critical section. */
  final void sectionOpened(long nanos) {
    if (sections++ == 0) {
      sectionStartedNanos = nanos;
    }
  }

  /** The critical section that it opened last has ended. */
  final void sectionClosed() {
    if (--sections == 0) {
      sectionStartedNanos = NEVER;
    }
  }

  final long sectionStartedNanos() {
    return sectionStartedNanos;
  }

  /** A commit is about to be submitted, perhaps. */
  final void sealing() {
    sealing = true;
  }

  /** A commit is being submitted. */
  final void commits(Receipt receipt) {
    if (firstCommit == null) {
      firstCommit = receipt;
    }
  }

  /** If there was anything to commit, it was submitted. */
  final void sealed() {
    sealing = false;
  }

  /**
   * What is known about its effects: none are left if nothing of it was applied and nothing that it
   * sent has left the object or still may.
   *
   * <ul>
   *   <li>Nothing was applied if its first commit was not, since the store refuses all later ones.
   *   <li>What it sent behind its first commit falls with that.
   *   <li>What it sent before its first commit waits for commits of others. It has left, or still
   *       may, unless the store said that the last of these failed: then it was dropped. The first
   *       such thing decides, since nothing sent later can leave before it.
   * </ul>
   */
  private Outcome outcome() {
    boolean mayCommit = sealing;
    Receipt first = firstCommit;
    boolean untouched = first == null ? !mayCommit : first.notApplied();
    Receipt awaited = sentBehind;
    boolean nothingLeft = awaited == null || awaited.failed();
    return untouched && nothingLeft ? Outcome.NOT_APPLIED : Outcome.UNKNOWN;
  }

  /** Notes that its thread goes on in an activation that is over. */
  final void markLeftOver() {
    leftOver = true;
  }

  final boolean leftOver() {
    return leftOver;
  }

  /** It is why its activation ends. */
  final void blame() {
    guilty = true;
  }

  /** Whether its activation ended because of what it did. */
  final boolean guilty() {
    return guilty;
  }

  /** It sends something that waits for {@code awaited}. */
  final void sends(Receipt awaited) {
    if (firstCommit == null && sentBehind == null) {
      sentBehind = awaited;
    }
  }

  /** Claims it to run it, or to answer it without ever running it: only one succeeds, once. */
  final boolean tryStart() {
    return STARTED.compareAndSet(this, false, true);
  }

  /** Keeps its result until it may leave. */
  final void finished(@Nullable Object result, @Nullable Throwable thrown) {
    value = result;
    failure = thrown;
  }

  /** Whether it was answered; its code may still run. */
  final boolean answered() {
    return (boolean) ANSWERED.getVolatile(this);
  }

  @Override
  public final void leave() {
    answer(value, failure);
  }

  /** One that was inside when its activation ended is answered by {@link Ending} alone. */
  @Override
  public final void drop(StorageException cause) {
    if (leftOver) {
      return;
    }
    answer(
        null,
        new StorageException(
            "%s: %s was dropped, since what it depends on was not stored: %s"
                .formatted(activation().object(), this, cause.getMessage()),
            outcome(),
            cause.retryable(),
            cause));
  }

  /** Answers it, before it has begun, because its object could not be opened. */
  final void refused(StorageException cause) {
    answer(
        null,
        new StorageException(
            "%s: %s did not begin: %s".formatted(activation().object(), this, cause.getMessage()),
            Outcome.NOT_APPLIED,
            cause.retryable(),
            cause));
  }

  /** Answers it because its activation was discarded under it. */
  final void discarded(Throwable cause) {
    HoldfastException reset = resetBy(cause);
    answer(null, reset);
    letGo(reset);
  }

  /** It waited for its turn in an activation that is over, and no other can take it. */
  void neverRan(Throwable cause) {}

  /**
   * A body that it reads or sends: ended when it ends, or is answered before since its caller stops
   * waiting. Its own thread only.
   */
  final void hold(StreamedBody body) {
    HeldBodies bodies = held;
    if (bodies == null) {
      bodies = new HeldBodies();
      held = bodies;
    }
    bodies.add(body);
    if (answered()) {
      letGo(null);
    }
  }

  /** Has {@code heir} hold what it holds itself. Its own thread only. */
  final void passHeldTo(Event heir) {
    HeldBodies bodies = held;
    heir.held = bodies;
    held = null;
    if (answered()) {
      close(bodies, null);
    }
  }

  /**
   * Ends the bodies that it holds.
   *
   * @param failure why it has no more use for them; null if it has simply ended
   */
  final void letGo(@Nullable Throwable failure) {
    close(held, failure);
  }

  private void close(@Nullable HeldBodies bodies, @Nullable Throwable failure) {
    if (bodies != null) {
      String why = failure == null ? "it has ended" : failure.getMessage();
      bodies.close("%s: %s, which held it: %s".formatted(activation().object(), this, why));
    }
  }

  /** What it is answered with if its activation is discarded because of {@code cause}. */
  final HoldfastException resetBy(Throwable cause) {
    String message =
        "%s was reset during %s: %s".formatted(activation().object(), this, cause.getMessage());
    return cause instanceof StorageException storage
        ? new StorageException(message, outcome(), storage.retryable(), storage)
        : new ObjectResetException(message, outcome(), cause);
  }

  /** Answers it, unless it was answered before. */
  final void answer(@Nullable Object result, @Nullable Throwable thrown) {
    if (claimAnswer()) {
      deliver(result, thrown);
    }
  }

  /** Claims to be the one who answers it: only one succeeds, once. */
  final boolean claimAnswer() {
    return ANSWERED.compareAndSet(this, false, true);
  }
}
