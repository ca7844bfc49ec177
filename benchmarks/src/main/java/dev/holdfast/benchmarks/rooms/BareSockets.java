// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;

/**
 * Sockets of bare Vert.x that nobody holds: what a connected client costs before there is an
 * object.
 */
final class BareSockets implements SocketServer {
  private static final int BACKLOG = 4_096;

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
  private final HttpServer server;

  BareSockets() {
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(0)
                    .setTcpNoDelay(true)
                    .setAcceptBacklog(BACKLOG)
                    .setPerFrameWebSocketCompressionSupported(false)
                    .setPerMessageWebSocketCompressionSupported(false))
            .webSocketHandler(socket -> socket.textMessageHandler(_ -> {}))
            .listen()
            .await();
  }

  @Override
  public int port() {
    return server.actualPort();
  }

  @Override
  public long awake() {
    return 0;
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
