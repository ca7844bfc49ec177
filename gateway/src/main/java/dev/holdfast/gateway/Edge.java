// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Worker;
import dev.holdfast.gateway.tls.Certificates;
import io.netty.channel.EventLoop;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** What all connections of a gateway share. Thread-safe. */
final class Edge {
  private static final int GOING_AWAY = 1001;

  private final GatewayOptions options;
  private final Worker worker;
  private final ClassLoader loader;
  private final ThreadFactory threads;
  private final Admission admission;
  private final OpenConnections connections;
  private final PendingBytes pending;
  private final DateField date;
  private final @Nullable Certificates certificates;
  private final SocketSettings sockets;

  /** The connections that speak HTTP. */
  private final Set<ClientConnection> http = ConcurrentHashMap.newKeySet();

  private final ConcurrentHashMap<EventLoop, SocketOutbox> outboxes = new ConcurrentHashMap<>();
  private volatile boolean draining;

  /**
   * @param certificates null where TLS is not spoken
   */
  Edge(
      GatewayOptions options,
      Worker worker,
      ThreadFactory threads,
      DateField date,
      @Nullable Certificates certificates) {
    this.options = options;
    this.worker = worker;
    this.loader = worker.getClass().getClassLoader();
    this.threads = threads;
    this.admission = new Admission(options.limits().concurrentRequests());
    this.connections = new OpenConnections(options.limits().connections());
    this.pending = new PendingBytes(options.limits().pendingResponseBytes());
    this.date = date;
    this.certificates = certificates;
    this.sockets =
        new SocketSettings(
            options.limits().socketSendBytes(), options.timeouts().socketPing().toNanos());
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

  /** Of the URLs that are served here. */
  String scheme() {
    return certificates == null ? "http" : "https";
  }

  /** What connections are encrypted with; null if they are not. */
  @Nullable Certificates certificates() {
    return certificates;
  }

  /** What the sockets share. */
  SocketSettings sockets() {
    return sockets;
  }

  /** Where what is sent to the sockets of an event loop goes. */
  SocketOutbox outbox(EventLoop loop) {
    return outboxes.computeIfAbsent(
        loop, key -> new SocketOutbox(key, new SocketCodec(limits().socketMessageBytes())));
  }

  /** From now on every answer is the last of its connection, and sockets are closed. */
  void drain() {
    draining = true;
    closeSockets();
  }

  /** Closes all sockets; one that opens meanwhile finds {@link #draining}, or is found. */
  void closeSockets() {
    sockets
        .open()
        .forEach(socket -> socket.close(GOING_AWAY, "the node is stopping; connect again"));
  }

  /** A connection speaks HTTP; {@link #left} must follow. */
  void entered(ClientConnection connection) {
    http.add(connection);
  }

  /** A connection is closed, or that of a socket now. */
  void left(ClientConnection connection) {
    http.remove(connection);
  }

  /**
   * Ends the connections that are left, whatever their clients still take. Those that speak HTTP
   * come first: one that becomes a socket's meanwhile is found among either.
   */
  void cut() {
    http.forEach(ClientConnection::cut);
    sockets.open().forEach(ClientSocket::reset);
  }

  boolean draining() {
    return draining;
  }
}
