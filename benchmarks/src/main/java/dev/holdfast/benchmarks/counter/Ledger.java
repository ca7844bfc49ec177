// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import java.io.IOException;

/**
 * The increments sent to one server, to be held against its counters: each that was answered must
 * be there once; those without an answer, cut off when the load generator stopped, may be there.
 */
final class Ledger {
  private long answered;
  private long cutOff;

  void add(Workload workload, Load load) {
    if (workload.kind() == Workload.Kind.INCREMENT) {
      answered += load.answered();
      cutOff += workload.connections() + load.errors();
    }
  }

  /** Reads every counter, kills the server, starts it again and reads them again. */
  static void verify(CounterServer server) throws IOException, InterruptedException {
    server.ledger().check(sum(server), "in", server);
    server.process().killAndRestart();
    server.ledger().check(sum(server), "after kill -9 in", server);
  }

  private void check(long sum, String when, CounterServer server) {
    if (sum < answered || sum > answered + cutOff) {
      throw new IllegalStateException(
          "The counters %s %s add up to %,d, but %,d increments were answered and at most %,d more sent"
              .formatted(when, server.contender().label, sum, answered, cutOff));
    }
  }

  private static long sum(CounterServer server) throws IOException, InterruptedException {
    long sum = 0;
    for (int i = 0; i < Workload.MOST_OBJECTS; i++) {
      sum += server.value("c" + i);
    }
    return sum;
  }
}
