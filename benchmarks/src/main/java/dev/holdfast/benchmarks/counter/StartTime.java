// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.contest.Turns;
import dev.holdfast.benchmarks.wrk.CountedServer;
import java.io.IOException;
import java.nio.file.Path;

/** How long a server took from the start of its process to the first answered request. */
record StartTime(double millis) implements Turns.Outcome {

  static StartTime measure(Contender contender, Path data)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    CountedServer server = CounterServer.start(contender, LaunchOptions.PLAIN, data);
    StartTime time = new StartTime((System.nanoTime() - start) / 1e6);
    server.discard();
    return time;
  }

  /** A server that does not start ends the run. */
  @Override
  public boolean sound() {
    return true;
  }

  /** Not measured: the median is of enough starts to leave out those that were disturbed. */
  @Override
  public double noise() {
    return 0;
  }
}
