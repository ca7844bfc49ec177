// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Starts the runs of all requests that one round of an event loop brings, at the round's end. The
 * first of them starts the others before it runs itself: an event loop that starts each one wakes a
 * carrier of virtual threads each time, which costs more than the rest of a short request. Event
 * loop only.
 */
final class RequestStarts {
  private final Edge edge;
  private final Executor roundsEnd;
  private List<WorkerRun> arrived = new ArrayList<>();

  /**
   * For one event loop.
   *
   * @param roundsEnd runs something on that event loop, after what it does now
   */
  RequestStarts(Edge edge, Executor roundsEnd) {
    this.edge = edge;
    this.roundsEnd = roundsEnd;
  }

  /** Starts {@code run} on a thread of its own. */
  void add(WorkerRun run) {
    arrived.add(run);
    if (arrived.size() == 1) {
      roundsEnd.execute(this::start);
    }
  }

  private void start() {
    List<WorkerRun> round = arrived;
    arrived = new ArrayList<>();
    WorkerRun first = round.getFirst();
    if (round.size() == 1) {
      start(first);
      return;
    }
    Runnable all =
        () -> {
          try {
            round.subList(1, round.size()).forEach(this::start);
          } finally {
            first.run();
          }
        };
    try {
      edge.start(all);
    } catch (RuntimeException | Error e) {
      round.forEach(run -> run.gotNoThread(e));
    }
  }

  /** One that gets no thread is answered, and keeps none of the others waiting. */
  private void start(WorkerRun run) {
    try {
      edge.start(run);
    } catch (RuntimeException | Error e) {
      run.gotNoThread(e);
    }
  }
}
