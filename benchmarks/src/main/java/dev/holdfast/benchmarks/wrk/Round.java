// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.wrk;

import dev.holdfast.benchmarks.contest.Meter;
import dev.holdfast.benchmarks.contest.RunningServer;
import dev.holdfast.benchmarks.contest.Turns;
import dev.holdfast.benchmarks.contest.Usage;
import java.io.IOException;
import java.time.Duration;

/** One run of the load generator against one server, and what it took. */
public record Round(Load load, Usage usage) implements Turns.Outcome {

  public static Round run(RunningServer server, Requests requests, Duration duration)
      throws IOException, InterruptedException {
    Meter meter = Meter.start(server);
    Load load = Wrk.drive(server.port(), requests, duration);
    Usage usage = meter.stop(load.generatorCpu());
    return new Round(load, usage);
  }

  /** Whether every request did what was asked, and there were any. */
  @Override
  public boolean sound() {
    return load.errors() == 0 && load.answered() > 0;
  }

  @Override
  public double noise() {
    return usage.noise();
  }

  double perSecond() {
    return load.perSecond();
  }

  double p50Millis() {
    return load.p50().toNanos() / 1e6;
  }

  double p99Millis() {
    return load.p99().toNanos() / 1e6;
  }

  double cpuMicrosPerRequest() {
    return usage.serverCpu().toNanos() / 1e3 / Math.max(1, load.responses());
  }
}
