// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.floor;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The routes: {@code POST /counters/NAME/increment} and {@code GET /counters/NAME}. Each request
 * runs on a virtual thread of its own; all that one round of the event loop brings are started by
 * the first of them. For one event loop.
 */
final class CounterHttp implements Handler<HttpServerRequest> {
  private static final String PREFIX = "/counters/";
  private static final String INCREMENT = "/increment";
  private static final CharSequence TEXT = HttpHeaders.createOptimized("text/plain; charset=utf-8");

  private final Counters counters;

  /** The requests of this round of the event loop. */
  private List<HttpServerRequest> arrived = new ArrayList<>();

  CounterHttp(Counters counters) {
    this.counters = counters;
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
            Thread.startVirtualThread(() -> answer(next));
          }
          answer(round.getFirst());
        });
  }

  private void answer(HttpServerRequest request) {
    String path = request.path();
    if (path == null || !path.startsWith(PREFIX)) {
      refuse(request, 404);
    } else if (HttpMethod.GET.equals(request.method())) {
      text(request, counters.value(path.substring(PREFIX.length())));
    } else if (HttpMethod.POST.equals(request.method()) && path.endsWith(INCREMENT)) {
      String name = path.substring(PREFIX.length(), path.length() - INCREMENT.length());
      try {
        text(request, counters.increment(name));
      } catch (IllegalStateException e) {
        refuse(request, 500);
      }
    } else {
      refuse(request, 405);
    }
  }

  private static void text(HttpServerRequest request, long value) {
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, TEXT)
        .end(Buffer.buffer(Long.toString(value)));
  }

  private static void refuse(HttpServerRequest request, int status) {
    request.response().setStatusCode(status).end();
  }
}
