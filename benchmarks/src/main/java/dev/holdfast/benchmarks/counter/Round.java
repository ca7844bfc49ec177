// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * One run of the load generator against one server, and what it took.
 *
 * @param serverCpu processor time that the server used
 * @param residentBytes memory that the server held at the end
 * @param noise share of all processor time that neither the server nor the load generator used
 */
record Round(Load load, Duration serverCpu, long residentBytes, double noise) {
  private static final com.sun.management.OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);

  static Round run(RunningServer server, Workload workload, Duration duration)
      throws IOException, InterruptedException {
    Duration serverBefore = server.cpu();
    var _ = SYSTEM.getCpuLoad(); // the next call tells of the time since this one
    long start = System.nanoTime();
    Load load = Wrk.drive(server.port(), workload, duration);
    double elapsed = System.nanoTime() - start;
    double busy = SYSTEM.getCpuLoad();
    Duration serverCpu = server.cpu().minus(serverBefore);
    server.requireAlive();
    server.ledger().add(workload, load);
    double own =
        serverCpu.plus(load.generatorCpu()).toNanos() / (elapsed * SYSTEM.getAvailableProcessors());
    return new Round(load, serverCpu, server.residentBytes(), Math.max(0, busy - own));
  }

  /** Whether every request did what was asked, and there were any. */
  boolean sound() {
    return load.errors() == 0 && load.answered() > 0;
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
    return serverCpu.toNanos() / 1e3 / Math.max(1, load.responses());
  }
}
