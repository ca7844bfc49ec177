// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.floor;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** The routes: {@code POST /counters/NAME/increment} and {@code GET /counters/NAME}. */
final class CounterHttp implements Handler<HttpServerRequest> {
  private static final String PREFIX = "/counters/";
  private static final String INCREMENT = "/increment";
  private static final CharSequence TEXT = HttpHeaders.createOptimized("text/plain;charset=utf-8");

  private final Counters counters;

  CounterHttp(Counters counters) {
    this.counters = counters;
  }

  @Override
  public void handle(HttpServerRequest request) {
    Thread.ofVirtual().start(() -> answer(request));
  }

  private void answer(HttpServerRequest request) {
    String path = request.path();
    if (path == null || !path.startsWith(PREFIX)) {
      fail(request, 404);
    } else if (HttpMethod.GET.equals(request.method())) {
      text(request, counters.value(path.substring(PREFIX.length())));
    } else if (HttpMethod.POST.equals(request.method()) && path.endsWith(INCREMENT)) {
      String name = path.substring(PREFIX.length(), path.length() - INCREMENT.length());
      try {
        text(request, counters.increment(name));
      } catch (IllegalStateException e) {
        fail(request, 500);
      }
    } else {
      fail(request, 405);
    }
  }

  private static void text(HttpServerRequest request, long value) {
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, TEXT)
        .end(Buffer.buffer(Long.toString(value)));
  }

  private static void fail(HttpServerRequest request, int status) {
    request.response().setStatusCode(status).end();
  }
}
