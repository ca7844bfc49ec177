// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.StorageException;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.PruneReport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what no retained moment of the past needs any more, in small steps on a thread of its
 * own: a pass over the history at most once a minute, and within a pass a pause after each step, so
 * that requests have the machine. A step that fails ends its pass; the next begins in its time.
 */
final class HistoryPruning implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HistoryPruning.class);
  private static final int STEP = 2_000;

  /** How long pruning rests. */
  record Pauses(Duration betweenSteps, Duration betweenPasses) {
    static final Pauses DEFAULT = new Pauses(Duration.ofMillis(100), Duration.ofMinutes(1));
  }

  private final IntFunction<PruneReport> prune;
  private final Pauses pauses;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final CompletableFuture<Void> ended;

  private HistoryPruning(IntFunction<PruneReport> prune, Pauses pauses) {
    this.prune = prune;
    this.pauses = pauses;
    this.ended =
        CompletableFuture.runAsync(
            this::run, task -> Thread.ofPlatform().daemon().name("holdfast-pruning").start(task));
  }

  static HistoryPruning start(ObjectStore store) {
    return start(store::prune, Pauses.DEFAULT);
  }

  /**
   * @param prune does one step, which may examine that many versions
   */
  static HistoryPruning start(IntFunction<PruneReport> prune, Pauses pauses) {
    return new HistoryPruning(prune, pauses);
  }

  private void run() {
    try {
      boolean passOver;
      do {
        passOver = step();
      } while (!stopsWithin(passOver ? pauses.betweenPasses : pauses.betweenSteps));
    } catch (InterruptedException e) {
      // Nobody but the end of the process interrupts this thread.
      Thread.currentThread().interrupt();
    }
  }

  private boolean stopsWithin(Duration pause) throws InterruptedException {
    return stop.await(pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** One step; returns whether the pass is over, or had better be. */
  private boolean step() {
    try {
      return prune.apply(STEP).passCompleted();
    } catch (StorageException e) {
      log.warn("pruning of the history stopped and is tried again: {}", e.getMessage());
    } catch (RuntimeException e) {
      log.error("pruning of the history failed and is tried again", e);
    }
    return true;
  }

  /** Waits for the step under way, if there is one. */
  @Override
  public void close() {
    stop.countDown();
    ended.join();
  }
}
