// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql;

import dev.holdfast.benchmarks.sql.app.Shop;
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
 * @param kind reads or durable updates of one row
 * @param objects how many shops the requests are spread over, evenly at random
 */
record Workload(Kind kind, int objects) {

  /** What a request does. */
  enum Kind {
    UPDATE("POST", "update"),
    READ("GET", "read");

    final String method;
    final String label;

    Kind(String method, String label) {
      this.method = method;
      this.label = label;
    }
  }

  /** The most shops that any workload touches. */
  static final int MOST_OBJECTS = 1_000;

  private static final int CONNECTIONS = 64;

  static List<Workload> all() {
    List<Workload> workloads = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      workloads.add(new Workload(kind, 1));
      workloads.add(new Workload(kind, MOST_OBJECTS));
    }
    return workloads;
  }

  /** Sends its requests to a server for a while. */
  Round drive(CountedServer server, Duration duration) throws IOException, InterruptedException {
    return server.drive(requests(), kind == Kind.UPDATE, duration);
  }

  private Requests requests() {
    return new Requests(
        CONNECTIONS,
        "benchmarks/sql.lua",
        List.of(kind.method, Integer.toString(objects), Integer.toString(Shop.ITEMS)));
  }

  @Override
  public String toString() {
    return "%s, %,d objects".formatted(kind.label, objects);
  }
}
