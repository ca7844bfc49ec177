// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import dev.holdfast.benchmarks.contest.App;
import dev.holdfast.benchmarks.contest.Command;
import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.contest.Workerd;
import dev.holdfast.benchmarks.wrk.CountedServer;
import java.io.IOException;
import java.nio.file.Path;

/** The contenders that serve counters. */
final class CounterServer {
  private static final App APP = new App("counter", "/counters/c0");
  private static final CountedServer.Objects COUNTERS =
      new CountedServer.Objects("/counters/c", Workload.MOST_OBJECTS);

  private CounterServer() {}

  /** Builds or installs what the server needs, where that is out of date. */
  static void prepare(Contender contender) throws IOException, InterruptedException {
    switch (contender) {
      case OURS -> Command.run("scripts/build-server");
      case FLOOR -> FloorCache.refresh();
      case WORKERD -> Workerd.install();
    }
  }

  /** Starts a contender on a free port with no data; returns once it answers. */
  static CountedServer start(Contender contender, LaunchOptions options, Path parent)
      throws IOException, InterruptedException {
    return CountedServer.start(contender, APP, COUNTERS, options, parent);
  }
}
