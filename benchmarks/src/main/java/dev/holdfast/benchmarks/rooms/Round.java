// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import dev.holdfast.benchmarks.contest.Meter;
import dev.holdfast.benchmarks.contest.RunningServer;
import dev.holdfast.benchmarks.contest.Turns;
import dev.holdfast.benchmarks.contest.Usage;
import java.io.IOException;
import java.time.Duration;

/** One run of the clients against one server, and what it took. */
record Round(Deliveries deliveries, Usage usage, Duration clientsCpu) implements Turns.Outcome {

  /** Opening and closing the sockets is not measured. */
  static Round run(Clients clients, RunningServer server, Load load, Scene scene, Duration length)
      throws IOException, InterruptedException {
    try {
      clients.open(server.port(), scene.rooms(), scene.members());
      Meter meter = Meter.start(server);
      Duration cpuBefore = clients.cpu();
      Deliveries deliveries = clients.drive(load, scene, length);
      Duration clientsCpu = clients.cpu().minus(cpuBefore);
      Usage usage = meter.stop(clientsCpu);
      clients.leave();
      return new Round(deliveries, usage, clientsCpu);
    } catch (IOException e) {
      server.requireAlive();
      throw new IOException(
          "%s, %s, %s: %s".formatted(server.contender().label, scene, load.label, e.getMessage()),
          e);
    }
  }

  /** What is lost ends the run, so every round that there is says something. */
  @Override
  public boolean sound() {
    return true;
  }

  @Override
  public double noise() {
    return usage.noise();
  }

  double cpuMicrosPerDelivery() {
    return microsPerDelivery(usage.serverCpu());
  }

  double clientsMicrosPerDelivery() {
    return microsPerDelivery(clientsCpu);
  }

  private double microsPerDelivery(Duration cpu) {
    return cpu.toNanos() / 1e3 / Math.max(1, deliveries.all());
  }
}
