// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.server.HistoryPruning.Pauses;
import dev.holdfast.store.PruneReport;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * No test waits for a pause: they are none, or so long that a test which sat one out would fail.
 */
@Timeout(60)
class HistoryPruningTest {
  private static final PruneReport MORE = new PruneReport(10, 5, false);
  private static final PruneReport DONE = new PruneReport(10, 5, true);
  private static final Duration NONE = Duration.ZERO;
  private static final Duration LONG = Duration.ofHours(1);

  /** A step that waits until the test says how it ends. */
  private static IntFunction<PruneReport> steps(BlockingQueue<Object> outcomes) {
    return budget -> {
      assertThat(budget).isPositive();
      try {
        return switch (outcomes.take()) {
          case RuntimeException failure -> throw failure;
          case Object report -> (PruneReport) report;
        };
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  @Test
  void a_pass_is_made_of_steps_and_the_next_one_waits() throws Exception {
    AtomicInteger begun = new AtomicInteger();
    BlockingQueue<Object> outcomes = new SynchronousQueue<>();
    IntFunction<PruneReport> steps = steps(outcomes);
    HistoryPruning pruning =
        HistoryPruning.start(
            budget -> {
              begun.incrementAndGet();
              return steps.apply(budget);
            },
            new Pauses(NONE, LONG));
    outcomes.put(MORE);
    outcomes.put(MORE);
    outcomes.put(DONE);
    pruning.close();
    assertThat(begun).hasValue(3);
  }

  @Test
  void passes_follow_each_other() throws Exception {
    BlockingQueue<Object> outcomes = new SynchronousQueue<>();
    HistoryPruning pruning = HistoryPruning.start(steps(outcomes), new Pauses(LONG, NONE));
    for (int i = 0; i < 5; i++) {
      outcomes.put(DONE);
    }
    outcomes.put(MORE);
    pruning.close();
  }

  @Test
  void a_store_that_fails_is_tried_again() throws Exception {
    BlockingQueue<Object> outcomes = new SynchronousQueue<>();
    HistoryPruning pruning = HistoryPruning.start(steps(outcomes), new Pauses(LONG, NONE));
    outcomes.put(new StorageException("the disk is gone", Outcome.NOT_APPLIED, true, null));
    outcomes.put(new IllegalStateException("a defect"));
    outcomes.put(DONE);
    outcomes.put(MORE);
    pruning.close();
  }

  @Test
  void close_during_a_step_waits_for_its_end_and_for_no_pause() throws Exception {
    CompletableFuture<Thread> stepping = new CompletableFuture<>();
    AtomicBoolean end = new AtomicBoolean();
    AtomicInteger steps = new AtomicInteger();
    HistoryPruning pruning =
        HistoryPruning.start(
            _ -> {
              steps.incrementAndGet();
              stepping.complete(Thread.currentThread());
              // As a step that waits for the store does: it takes every wake-up for its own.
              while (!end.get()) {
                LockSupport.park();
              }
              return DONE;
            },
            new Pauses(LONG, LONG));
    Thread stepper = stepping.join();
    Thread closing = Thread.ofPlatform().start(pruning::close);
    Awaitility.await().until(() -> closing.getState() == Thread.State.WAITING);
    end.set(true);
    LockSupport.unpark(stepper);
    closing.join();
    assertThat(steps).hasValue(1);
  }
}
