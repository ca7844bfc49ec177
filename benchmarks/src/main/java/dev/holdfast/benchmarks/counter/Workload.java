// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import dev.holdfast.benchmarks.wrk.CountedServer;
import dev.holdfast.benchmarks.wrk.Requests;
import dev.holdfast.benchmarks.wrk.Round;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the load generator asks for.
 *
 * @param kind reads or durable increments
 * @param connections open at a time, each with one request in flight
 * @param objects how many counters the requests are spread over, evenly at random
 */
record Workload(Kind kind, int connections, int objects) {

  /** What a request does. */
  enum Kind {
    INCREMENT("POST", "increment"),
    READ("GET", "read");

    final String method;
    final String label;

    Kind(String method, String label) {
      this.method = method;
      this.label = label;
    }
  }

  /** The most counters that any workload touches. */
  static final int MOST_OBJECTS = 1_000;

  private static final int[] CONNECTIONS = {1, 64};
  private static final int[] OBJECTS = {1, MOST_OBJECTS};

  /** Every combination of connections and objects. */
  static List<Workload> all(Kind kind) {
    List<Workload> workloads = new ArrayList<>();
    for (int connections : CONNECTIONS) {
      for (int objects : OBJECTS) {
        workloads.add(new Workload(kind, connections, objects));
      }
    }
    return workloads;
  }

  /** Sends its requests to a server for a while. */
  Round drive(CountedServer server, Duration duration) throws IOException, InterruptedException {
    return server.drive(requests(), kind == Kind.INCREMENT, duration);
  }

  private Requests requests() {
    return new Requests(
        connections,
        "benchmarks/durable-counter.lua",
        List.of(kind.method, Integer.toString(objects)));
  }

  @Override
  public String toString() {
    return "%s, %,d connections, %,d objects".formatted(kind.label, connections, objects);
  }
}
