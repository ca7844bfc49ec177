// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import dev.holdfast.StorageException;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.CommitListener;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The groups that were submitted to a handle and not yet tried, in order, bounded by their bytes.
 *
 * <p>Guarded by the data's lock.
 */
final class CommitQueue {
  private final Queue<Submission> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private long submitted;
  private long completed;

  /**
   * A group on its way.
   *
   * @param openings those of its commits, in their order; null for one that is void
   */
  record Submission(
      CommitGroup group, List<Openings.@Nullable State> openings, CommitListener listener) {

    long weight() {
      return group.commits().stream().mapToLong(Commit::weight).sum();
    }
  }

  /**
   * What became of a group.
   *
   * @param failure null if it was applied
   */
  record Result(Submission submission, @Nullable StorageException failure) {}

  /** Adds a group and returns its ticket: how many were submitted up to it. */
  long add(Submission submission) {
    waiting.add(submission);
    waitingBytes += submission.weight();
    return ++submitted;
  }

  @Nullable Submission poll() {
    Submission submission = waiting.poll();
    if (submission != null) {
      waitingBytes -= submission.weight();
    }
    return submission;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  long waitingBytes() {
    return waitingBytes;
  }

  /** The ticket of the last group whose listener was told. */
  long completed() {
    return completed;
  }

  void complete(int groups) {
    completed += groups;
  }
}
