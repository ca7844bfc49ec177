// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.floor;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** The routes: {@code POST /counters/NAME/increment} and {@code GET /counters/NAME}. */
final class CounterHttp implements FloorHttp.Routes {
  private static final String PREFIX = "/counters/";
  private static final String INCREMENT = "/increment";

  private final Counters counters;

  CounterHttp(Counters counters) {
    this.counters = counters;
  }

  @Override
  public void answer(HttpServerRequest request) {
    String path = request.path();
    if (path == null || !path.startsWith(PREFIX)) {
      FloorHttp.refuse(request, 404);
    } else if (HttpMethod.GET.equals(request.method())) {
      FloorHttp.text(request, counters.value(path.substring(PREFIX.length())));
    } else if (HttpMethod.POST.equals(request.method()) && path.endsWith(INCREMENT)) {
      String name = path.substring(PREFIX.length(), path.length() - INCREMENT.length());
      try {
        FloorHttp.text(request, counters.increment(name));
      } catch (IllegalStateException e) {
        FloorHttp.refuse(request, 500);
      }
    } else {
      FloorHttp.refuse(request, 405);
    }
  }
}
