// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.gate;

import dev.holdfast.StorageException;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.ObjectStore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what leaves an activation until every commit sealed before it is durable, and lets it
 * go in the order of issue.
 *
 * <p>Commits and outputs are handed over by the thread that runs the activation's code; they are
 * completed by the store's thread, in order of their seqs. Each pending commit keeps the outputs
 * that were issued after it and before the next one, so nothing is searched and nobody polls.
 */
public final class OutputGate {
  private final ObjectStore store;
  private final Consumer<StorageException> onFailure;
  private volatile @Nullable PendingCommit last;
  private volatile long durableSeq;

  /**
   * A gate in front of {@code store}.
   *
   * @param durableSeq the seq of the object's last commit
   * @param onFailure told of each failed commit, on the store's thread, before its outputs are
   *     dropped
   */
  public OutputGate(ObjectStore store, long durableSeq, Consumer<StorageException> onFailure) {
    this.store = store;
    this.durableSeq = durableSeq;
    this.onFailure = onFailure;
  }

  /**
   * Hands a commit to the store; what is issued from now on waits for it.
   *
   * @param nanos when, by the node's monotonic clock
   * @param taker is given the receipt before the store knows of the commit
   */
  public void submit(Commit commit, long nanos, Consumer<Receipt> taker) {
    PendingCommit pending = new PendingCommit(this, commit.seq(), nanos, last);
    last = pending;
    taker.accept(pending);
    store.submit(CommitGroup.of(commit), pending);
  }

  /** The last commit submitted: what is released now waits for it, and falls with it. */
  public Receipt awaited() {
    PendingCommit pending = last;
    return pending == null ? Receipt.DURABLE : pending;
  }

  /** Lets {@code output} go once everything submitted so far is durable: at once if it is. */
  public void release(Output output) {
    PendingCommit pending = last;
    if (pending == null) {
      output.leave();
    } else {
      pending.attach(output);
    }
  }

  /**
   * When the oldest commit was submitted of which the store has not told; {@code orElse} if there
   * is none. One that is told of may still be pending, as its outputs leave.
   */
  public long oldestUntoldNanos(long orElse) {
    PendingCommit pending = last;
    return pending == null ? orElse : pending.oldestUntoldNanos(orElse);
  }

  /** Drops everything that waits, now and from now on: the store does not say what became of it. */
  public void giveUp(StorageException why) {
    PendingCommit pending = last;
    if (pending != null) {
      pending.giveUp(why);
    }
  }

  /** Whether nothing is pending. */
  public boolean idle() {
    PendingCommit pending = last;
    return pending == null || pending.isDone();
  }

  /** The seq of the last commit that is known to be durable. */
  public long durableSeq() {
    return durableSeq;
  }

  void succeeded(long seq) {
    durableSeq = seq;
  }

  void failed(StorageException failure) {
    onFailure.accept(failure);
  }
}
