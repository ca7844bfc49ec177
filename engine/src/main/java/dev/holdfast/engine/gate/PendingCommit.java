// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.gate;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.CommitListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A commit on its way to the disk, with the outputs that wait for it.
 *
 * <p>It counts as done only when the outputs attached before have all left: one that is issued
 * while they leave queues behind them, so none overtakes another.
 */
final class PendingCommit implements CommitListener, Receipt {
  private final OutputGate gate;
  private final long seq;
  private final long submittedNanos;

  // Most commits have one output, the answer of the call that made them. Guarded by this.
  private @Nullable Output first;
  private @Nullable List<Output> others;
  private boolean done;

  /** Whether the store has told of it, or is not waited for; its outputs may still be leaving. */
  private volatile boolean told;

  /** The commit before, as long as this one is pending. */
  private @Nullable PendingCommit previous;

  private @Nullable StorageException failure;

  /** What the store said of this very commit if it failed, before anyone is told of it. */
  private volatile @Nullable Outcome failedAs;

  PendingCommit(OutputGate gate, long seq, long submittedNanos, @Nullable PendingCommit previous) {
    this.gate = gate;
    this.seq = seq;
    this.submittedNanos = submittedNanos;
    this.previous = previous;
  }

  /** When the first of this one and those before was submitted of which the store has not told. */
  long oldestUntoldNanos(long orElse) {
    long oldest = orElse;
    for (PendingCommit pending = this; pending != null; pending = pending.previousPending()) {
      oldest = pending.told ? oldest : pending.submittedNanos;
    }
    return oldest;
  }

  private synchronized @Nullable PendingCommit previousPending() {
    return previous;
  }

  /** Settles this commit and those before it as failed, whatever the store says later. */
  void giveUp(StorageException why) {
    ArrayDeque<PendingCommit> oldestFirst = new ArrayDeque<>();
    for (PendingCommit pending = this; pending != null; pending = pending.previousPending()) {
      oldestFirst.push(pending);
    }
    oldestFirst.forEach(
        pending -> {
          pending.told = true;
          pending.drain(why);
        });
  }

  void attach(Output output) {
    StorageException failed;
    synchronized (this) {
      if (!done) {
        if (first == null) {
          first = output;
        } else {
          if (others == null) {
            others = new ArrayList<>(4);
          }
          others.add(output);
        }
        return;
      }
      failed = failure;
    }
    pass(output, failed);
  }

  synchronized boolean isDone() {
    return done;
  }

  @Override
  public boolean notApplied() {
    return failedAs == Outcome.NOT_APPLIED;
  }

  @Override
  public boolean failed() {
    return failedAs != null;
  }

  @Override
  public void completed(@Nullable StorageException outcome) {
    told = true;
    if (outcome == null) {
      gate.succeeded(seq);
    } else {
      failedAs = outcome.outcome();
      gate.failed(outcome);
    }
    drain(outcome);
  }

  private void drain(@Nullable StorageException outcome) {
    while (true) {
      Output next;
      List<Output> rest;
      synchronized (this) {
        next = first;
        rest = others;
        first = null;
        others = null;
        if (next == null) {
          if (!done) {
            done = true;
            failure = outcome;
            previous = null;
          }
          return;
        }
      }
      pass(next, outcome);
      if (rest != null) {
        rest.forEach(output -> pass(output, outcome));
      }
    }
  }

  private static void pass(Output output, @Nullable StorageException failed) {
    if (failed == null) {
      output.leave();
    } else {
      output.drop(failed);
    }
  }
}
