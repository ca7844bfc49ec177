// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Measures what a server takes from the machine while it is driven. Not thread-safe. */
public final class Meter {
  private static final com.sun.management.OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);

  private final RunningServer server;
  private final Duration cpuBefore;
  private final long start;

  private Meter(RunningServer server) {
    this.server = server;
    this.cpuBefore = server.cpu();
    var _ = SYSTEM.getCpuLoad(); // the next call tells of the time since this one
    this.start = System.nanoTime();
  }

  public static Meter start(RunningServer server) {
    return new Meter(server);
  }

  /**
   * Ends the measurement; fails if the server has ended.
   *
   * @param generatorCpu processor time that the load generator used since the start
   */
  public Usage stop(Duration generatorCpu) throws IOException, InterruptedException {
    double elapsed = System.nanoTime() - start;
    double busy = SYSTEM.getCpuLoad();
    Duration cpu = server.cpu().minus(cpuBefore);
    server.requireAlive();
    double own = cpu.plus(generatorCpu).toNanos() / (elapsed * SYSTEM.getAvailableProcessors());
    return new Usage(cpu, server.residentBytes(), Math.max(0, busy - own));
  }
}
