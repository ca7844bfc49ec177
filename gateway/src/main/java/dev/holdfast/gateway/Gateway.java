// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Worker;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Serves a worker over HTTP. Thread-safe. */
public final class Gateway implements AutoCloseable {
  private final Vertx vertx;
  private final HttpServer server;
  private final GatewayOptions options;

  private Gateway(Vertx vertx, HttpServer server, GatewayOptions options) {
    this.vertx = vertx;
    this.server = server;
    this.options = options;
  }

  /** Starts to serve; returns when requests are accepted. */
  public static Gateway start(GatewayOptions options, Worker worker) {
    return start(
        options, worker, Thread.ofVirtual().inheritInheritableThreadLocals(false).factory());
  }

  /** As {@link #start(GatewayOptions, Worker)}, with the maker of the requests' threads. */
  public static Gateway start(GatewayOptions options, Worker worker, ThreadFactory threads) {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(options.eventLoops())
                .setPreferNativeTransport(true));
    Edge edge =
        new Edge(worker, threads, new Admission(options.limits().concurrentRequests()), options);
    HttpServer server =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setHost(options.host())
                .setPort(options.port())
                .setTcpNoDelay(true)
                .setReuseAddress(true)
                .setAcceptBacklog(4096)
                .setMaxInitialLineLength(options.limits().requestLineBytes())
                .setMaxHeaderSize(options.limits().headerBytes())
                .setHttp2ClearTextEnabled(false));
    server.requestHandler(http -> Exchange.begin(edge, http));
    server.listen().await();
    return new Gateway(vertx, server, options);
  }

  /** The port that is listened on. */
  public int port() {
    return server.actualPort();
  }

  /** Stops. */
  @Override
  public void close() {
    server.shutdown(options.timeouts().drain().toMillis(), TimeUnit.MILLISECONDS).await();
    vertx.close().await();
  }
}
