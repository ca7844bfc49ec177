// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Worker;
import java.util.concurrent.ThreadFactory;

/** What all connections of a gateway share. Thread-safe. */
final class Edge {
  private final GatewayOptions options;
  private final Worker worker;
  private final ClassLoader loader;
  private final ThreadFactory threads;
  private final Admission admission;
  private final OpenConnections connections;
  private final PendingBytes pending;
  private final DateField date;
  private volatile boolean draining;

  Edge(GatewayOptions options, Worker worker, ThreadFactory threads, DateField date) {
    this.options = options;
    this.worker = worker;
    this.loader = worker.getClass().getClassLoader();
    this.threads = threads;
    this.admission = new Admission(options.limits().concurrentRequests());
    this.connections = new OpenConnections(options.limits().connections());
    this.pending = new PendingBytes(options.limits().pendingResponseBytes());
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

  /**
   * Starts a thread for code of the app, that of a request above all. Its context class loader is
   * the worker's, so that libraries which look for classes by way of it find the app's.
   */
  void start(Runnable code) {
    Thread thread = threads.newThread(code);
    thread.setContextClassLoader(loader);
    thread.start();
  }

  Admission admission() {
    return admission;
  }

  OpenConnections connections() {
    return connections;
  }

  /** Bytes of responses that wait for their clients. */
  PendingBytes pending() {
    return pending;
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
