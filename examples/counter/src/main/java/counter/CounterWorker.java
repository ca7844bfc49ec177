// SPDX-License-Identifier: Apache-2.0
package counter;

import dev.holdfast.Env;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Url;
import dev.holdfast.Worker;

/**
 * {@code GET /counters/{name}} reads a counter, {@code POST /counters/{name}/increment} adds one.
 */
public final class CounterWorker implements Worker {
  private final ObjectNamespace<Counter> counters;

  public CounterWorker(Env env) {
    counters = env.objects(Counter.class);
  }

  @Override
  public Response fetch(Request request) {
    Url url = request.url();
    if (!url.segment(0).equals("counters") || url.segment(1).isEmpty()) {
      return Response.status(404);
    }
    Counter counter = counters.getByName(url.segment(1));
    boolean increment = url.segment(2).equals("increment");
    if (url.segments().size() != (increment ? 3 : 2)) {
      return Response.status(404);
    }
    if (!request.method().equals(increment ? "POST" : "GET")) {
      return Response.status(405).withHeader("Allow", increment ? "POST" : "GET");
    }
    return Response.text(increment ? counter.increment(1) : counter.value());
  }
}
