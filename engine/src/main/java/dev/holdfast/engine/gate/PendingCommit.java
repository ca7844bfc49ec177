// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.gate;

import dev.holdfast.StorageException;
import dev.holdfast.store.CommitListener;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A commit on its way to the disk, with the outputs that wait for it.
 *
 * <p>It counts as done only when the outputs attached before have all left: one that is issued
 * while they leave queues behind them, so none overtakes another.
 */
final class PendingCommit implements CommitListener {
  private final OutputGate gate;
  private final long seq;

  // Most commits have one output, the answer of the call that made them. Guarded by this.
  private @Nullable Output first;
  private @Nullable List<Output> others;
  private boolean done;
  private @Nullable StorageException failure;

  PendingCommit(OutputGate gate, long seq) {
    this.gate = gate;
    this.seq = seq;
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
  public void completed(@Nullable StorageException outcome) {
    if (outcome == null) {
      gate.succeeded(seq);
    } else {
      gate.failed(outcome);
    }
    while (true) {
      Output next;
      List<Output> rest;
      synchronized (this) {
        next = first;
        rest = others;
        first = null;
        others = null;
        if (next == null) {
          done = true;
          failure = outcome;
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
