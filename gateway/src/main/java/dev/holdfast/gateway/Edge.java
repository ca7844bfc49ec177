// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Worker;
import java.util.concurrent.ThreadFactory;

/** What all connections of a gateway share. Thread-safe. */
final class Edge {
  private final GatewayOptions options;
  private final Worker worker;
  private final ThreadFactory threads;
  private final Admission admission;
  private final OpenConnections connections;
  private final DateField date;
  private volatile boolean draining;

  Edge(GatewayOptions options, Worker worker, ThreadFactory threads, DateField date) {
    this.options = options;
    this.worker = worker;
    this.threads = threads;
    this.admission = new Admission(options.limits().concurrentRequests());
    this.connections = new OpenConnections(options.limits().connections());
    this.date = date;
  }

  GatewayLimits limits() {
    return options.limits();
  }

  GatewayTimeouts timeouts() {
    return options.timeouts();
  }

  Worker worker() {
    return worker;
  }

  /** Makes the virtual thread of each request. */
  ThreadFactory threads() {
    return threads;
  }

  Admission admission() {
    return admission;
  }

  OpenConnections connections() {
    return connections;
  }

  DateField date() {
    return date;
  }

  /** From now on every answer is the last of its connection. */
  void drain() {
    draining = true;
  }

  boolean draining() {
    return draining;
  }
}
