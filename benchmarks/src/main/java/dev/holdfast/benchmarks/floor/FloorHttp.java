// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.floor;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * HTTP of the floors: event loops parse and write, and each request runs on a virtual thread of its
 * own; all that one round of an event loop brings are started by the first of them.
 */
public final class FloorHttp {
  private static final CharSequence TEXT = HttpHeaders.createOptimized("text/plain; charset=utf-8");

  private FloorHttp() {}

  /** What a floor serves. */
  public interface Routes {
    /** Answers a request. Called on many threads at once. */
    void answer(HttpServerRequest request);
  }

  /** Serves on a port of the loopback; returns once it does. */
  public static void serve(int port, int eventLoops, Routes routes) throws Exception {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(eventLoops).setPreferNativeTransport(true));
    vertx
        .deployVerticle(
            () -> new Server(port, new Arrivals(routes)),
            new DeploymentOptions().setInstances(eventLoops))
        .await();
  }

  /** Answers with a number as text. */
  public static void text(HttpServerRequest request, long value) {
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, TEXT)
        .end(Buffer.buffer(Long.toString(value)));
  }

  /** Answers with a status and nothing else. */
  public static void refuse(HttpServerRequest request, int status) {
    request.response().setStatusCode(status).end();
  }

  /** One for each event loop; together they share the port's connections. */
  private static final class Server extends VerticleBase {
    private final HttpServerOptions options;
    private final Arrivals arrivals;

    Server(int port, Arrivals arrivals) {
      this.options = new HttpServerOptions().setHost("127.0.0.1").setPort(port);
      this.arrivals = arrivals;
    }

    @Override
    public Future<?> start() {
      return vertx.createHttpServer(options).requestHandler(arrivals).listen();
    }
  }

  /** The requests of one event loop. */
  private static final class Arrivals implements Handler<HttpServerRequest> {
    private final Routes routes;

    /** The requests of this round of the event loop. */
    private List<HttpServerRequest> arrived = new ArrayList<>();

    Arrivals(Routes routes) {
      this.routes = routes;
    }

    @Override
    public void handle(HttpServerRequest request) {
      arrived.add(request);
      if (arrived.size() == 1) {
        Objects.requireNonNull(Vertx.currentContext()).runOnContext(_ -> begin());
      }
    }

    private void begin() {
      List<HttpServerRequest> round = arrived;
      arrived = new ArrayList<>();
      Thread.startVirtualThread(
          () -> {
            for (HttpServerRequest next : round.subList(1, round.size())) {
              Thread.startVirtualThread(() -> routes.answer(next));
            }
            routes.answer(round.getFirst());
          });
    }
  }
}
