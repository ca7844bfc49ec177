// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.StorageException;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.PruneReport;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what no retained moment of the past needs any more, in small steps on a thread of its
 * own: a pass over the history at most once a minute, and within a pass a pause after each step, so
 * that requests have the machine.
 */
final class HistoryPruning implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HistoryPruning.class);
  private static final int STEP = 2_000;
  private static final Duration BETWEEN_STEPS = Duration.ofMillis(100);
  private static final Duration BETWEEN_PASSES = Duration.ofMinutes(1);

  private final ObjectStore store;
  private final Thread thread;
  private volatile boolean stopped;

  private HistoryPruning(ObjectStore store) {
    this.store = store;
    this.thread = Thread.ofPlatform().daemon().name("holdfast-pruning").unstarted(this::run);
  }

  static HistoryPruning start(ObjectStore store) {
    HistoryPruning pruning = new HistoryPruning(store);
    pruning.thread.start();
    return pruning;
  }

  private void run() {
    while (!stopped) {
      LockSupport.parkNanos((step() ? BETWEEN_PASSES : BETWEEN_STEPS).toNanos());
    }
  }

  /** One step; returns whether the pass is over, or had better be. */
  private boolean step() {
    try {
      PruneReport report = store.prune(STEP);
      return report.passCompleted();
    } catch (StorageException e) {
      log.warn("pruning of the history stopped and is tried again: {}", e.getMessage());
      return true;
    }
  }

  @Override
  public void close() {
    stopped = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
