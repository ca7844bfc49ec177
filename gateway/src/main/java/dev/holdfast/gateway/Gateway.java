// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Worker;
import dev.holdfast.gateway.tls.Certificates;
import dev.holdfast.gateway.tls.TlsFileException;
import dev.holdfast.gateway.tls.TlsFiles;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerConnection;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves a worker over HTTP/1.1, with TLS if it has a certificate. Thread-safe.
 *
 * <p>Each request runs {@link Worker#fetch} on a virtual thread of its own, whose context class
 * loader is that of the worker's class. A request that passes a limit or is malformed is refused
 * with a short text that says why: 400, 408, 413, 414, 417, 421, 431, 501 or 505. A request that is
 * sent ahead is begun when the client has taken the answers before it. A client that ends its
 * stream after its requests still gets all answers, and then the end of the connection; if one of
 * them gets nowhere for the time that an idle connection is kept, the client is taken for gone. A
 * worker whose client is gone is not interrupted: the stream that its response comes from is
 * closed, by another thread, and its next write fails, and so does its next wait for more of an
 * object's stream. A worker that throws is answered for with 500, or with 503 or 504 if the
 * platform failed it; the exception goes to the log and not to the client.
 *
 * <pre>{@code
 * try (Gateway gateway = Gateway.start(GatewayOptions.defaults(), worker)) {
 *   …
 * }
 * }</pre>
 */
public final class Gateway implements AutoCloseable {
  private static final int ACCEPT_BACKLOG = 4_096;

  /** How often the files of the certificate are looked at. */
  private static final long RENEWAL_MILLIS = 10_000;

  /** How long it takes at most to end the connections that are left after the drain limit. */
  private static final long CUT_MILLIS = 1_000;

  private final GatewayOptions options;
  private final Edge edge;
  private final Vertx vertx;
  private final List<HttpServer> servers;
  private final Object closing = new Object();
  private boolean closed;

  private Gateway(GatewayOptions options, Edge edge, Vertx vertx, List<HttpServer> servers) {
    this.options = options;
    this.edge = edge;
    this.vertx = vertx;
    this.servers = servers;
  }

  /**
   * Starts to serve; returns when the port is open.
   *
   * @throws UncheckedIOException if the port cannot be opened
   * @throws IllegalArgumentException if the certificate or its key cannot be used
   */
  public static Gateway start(GatewayOptions options, Worker worker) {
    return start(
        options,
        worker,
        Thread.ofVirtual().inheritInheritableThreadLocals(false).factory(),
        InstantSource.system());
  }

  /**
   * As {@link #start(GatewayOptions, Worker)}, with other threads and another clock.
   *
   * @param threads makes the thread of each request
   * @param clock for the Date header and the time of certificates
   */
  public static Gateway start(
      GatewayOptions options, Worker worker, ThreadFactory threads, InstantSource clock) {
    Certificates certificates = certificates(options.tls(), clock);
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(options.eventLoops())
                .setInternalBlockingPoolSize(1)
                .setWorkerPoolSize(1)
                .setPreferNativeTransport(true)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    Edge edge = new Edge(options, worker, threads, new DateField(clock), certificates);
    List<HttpServer> servers = new CopyOnWriteArrayList<>();
    Gateway gateway = new Gateway(options, edge, vertx, servers);
    try {
      vertx
          .deployVerticle(
              gateway::newListener, new DeploymentOptions().setInstances(options.eventLoops()))
          .await();
    } catch (RuntimeException e) {
      vertx.close().await();
      throw e;
    } catch (Exception e) {
      vertx.close().await();
      throw cannotListen(options, e);
    }
    if (certificates != null) {
      vertx.setPeriodic(RENEWAL_MILLIS, _ -> gateway.renewCertificate());
    }
    return gateway;
  }

  private static @Nullable Certificates certificates(
      @Nullable TlsFiles files, InstantSource clock) {
    try {
      return files == null ? null : Certificates.of(files, clock);
    } catch (TlsFileException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static UncheckedIOException cannotListen(GatewayOptions options, Exception cause) {
    String why =
        cause instanceof UnknownHostException
            ? "no address is known under that name"
            : cause.getMessage();
    BindException failure =
        new BindException(
            "cannot listen on %s port %d: %s; choose another address or port"
                .formatted(options.host(), options.port(), why));
    failure.initCause(cause);
    return new UncheckedIOException(failure);
  }

  /** One event loop's share of the connections. */
  private VerticleBase newListener() {
    return new VerticleBase() {
      @Override
      public Future<?> start() {
        HttpServerOptions http = httpOptions();
        RequestStarts starts =
            new RequestStarts(edge, action -> context.runOnContext(_ -> action.run()));
        HttpServer server = vertx.createHttpServer(http);
        servers.add(server);
        return server
            .requestHandler(request -> request.response().setStatusCode(500).end())
            .connectionHandler(
                connection ->
                    ClientConnection.accept(edge, starts, (HttpServerConnection) connection, http))
            .listen();
      }
    };
  }

  private HttpServerOptions httpOptions() {
    return new HttpServerOptions()
        .setHost(options.host())
        // Several listeners share a port if they name it: a negative one is any free port, shared.
        .setPort(options.port() == 0 ? -1 : options.port())
        .setTcpNoDelay(true)
        // A client that is gone without a word is noticed, if late, where nothing is written to it.
        .setTcpKeepAlive(true)
        .setReuseAddress(true)
        .setAcceptBacklog(ACCEPT_BACKLOG)
        .setMaxInitialLineLength(options.limits().requestLineBytes())
        .setMaxHeaderSize(options.limits().headerBytes())
        .setMaxChunkSize(RequestBody.PIECE_BYTES)
        .setHttp2ClearTextEnabled(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false);
  }

  /**
   * Looks at once whether the certificate is renewed, which is also done every {@value
   * #RENEWAL_MILLIS} ms; the future ends when connections that are accepted get the new one.
   */
  Future<?> renewCertificate() {
    Certificates certificates = edge.certificates();
    return certificates == null
        ? Future.succeededFuture()
        : vertx.executeBlocking(
            () -> {
              certificates.renew();
              return certificates;
            });
  }

  /** The port that is listened on. */
  public int port() {
    return servers.getFirst().actualPort();
  }

  /** How many connections are open. */
  public int connections() {
    return edge.connections().open();
  }

  /** How many of them are WebSockets. */
  public int sockets() {
    return edge.sockets().open().size();
  }

  /** How many requests are served now, those that are overdue included. */
  public int serving() {
    return edge.admission().serving();
  }

  /**
   * How many bytes of responses wait for their clients, but for those of whole responses of at most
   * 16 KiB, of which a connection has one.
   */
  public long pendingResponseBytes() {
    return edge.pending().get();
  }

  /** How many requests were answered with 504 while their worker still runs. */
  public int overdue() {
    return edge.admission().overdue();
  }

  /**
   * Stops in order: accepts no more connections, closes idle ones, answers the requests whose head
   * was read as the last of their connections, and after the drain limit closes what is left, so
   * that an answer which its client has in part does not look complete. A request that was sent
   * ahead of such an answer is not begun: the answer says that it is the last, so the client knows.
   * Returns when all connections are closed. Idempotent.
   */
  @Override
  public void close() {
    synchronized (closing) {
      if (!closed) {
        stop();
        closed = true;
      }
    }
  }

  private void stop() {
    edge.drain();
    long drainMillis = options.timeouts().drain().toMillis();
    // Before Vert.x would close what is left, since it does so in order, as if all had been said.
    long limit = vertx.setTimer(drainMillis, _ -> edge.cut());
    List<Future<Void>> stopping =
        servers.stream()
            .map(server -> server.shutdown(drainMillis + CUT_MILLIS, TimeUnit.MILLISECONDS))
            .toList();
    Future.join(stopping).await();
    boolean _ = vertx.cancelTimer(limit);
    vertx.close().await();
  }
}
