// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import dev.holdfast.Response;
import dev.holdfast.engine.EngineOptions.EventLimits;
import dev.holdfast.engine.ObjectClass;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An object that does not end, seen from outside. */
class WallLimitTest {
  private static final CountDownLatch RELEASE = new CountDownLatch(1);

  @TempDir private Path data;

  /** What callers see. */
  public interface Stubborn {
    long add(long by);

    long hang();
  }

  static final class StubbornObject extends DurableObject implements Stubborn {
    StubbornObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public long add(long by) {
      long sum = storage().get("sum", Long.class).orElse(0L) + by;
      storage().put("sum", sum);
      return sum;
    }

    /** As a call into native code would, it minds no interrupt. */
    @Override
    public long hang() {
      add(100);
      boolean released = false;
      while (!released) {
        try {
          RELEASE.await();
          released = true;
        } catch (InterruptedException e) {
          // Goes on, which is the point.
        }
      }
      return 0;
    }
  }

  @Test
  void a_call_on_the_workers_own_thread_is_answered_504_and_the_object_goes_on() throws Exception {
    NodeOptions defaults = NodeOptions.over(data);
    NodeOptions options =
        defaults
            .withGateway(
                defaults
                    .gateway()
                    .withPort(0)
                    .withTimeouts(
                        defaults.gateway().timeouts().withAnswer(Duration.ofMillis(2_000))))
            .withEngine(
                defaults
                    .engine()
                    .withEvents(EventLimits.DEFAULT.withWallLimit(Duration.ofMillis(200))));
    try (Node node =
            Node.start(
                options,
                List.of(new ObjectClass<>("Stubborn", Stubborn.class, StubbornObject::new)),
                env ->
                    request -> {
                      Stubborn object = env.objects(Stubborn.class).getByName("a");
                      return Response.text(
                          request.url().segment(0).equals("hang") ? object.hang() : object.add(1));
                    });
        HttpClient client = HttpClient.newHttpClient()) {
      assertThat(get(client, node, "/add").body()).isEqualTo("1");

      HttpResponse<String> hung = get(client, node, "/hang");

      assertThat(hung.statusCode()).isEqualTo(504);
      assertThat(hung.body()).hasLineCount(1).contains("2000 ms").doesNotContain("Exception");
      assertThat(get(client, node, "/add").body()).as("what it wrote is dropped").isEqualTo("2");
      RELEASE.countDown();
    }
  }

  private static HttpResponse<String> get(HttpClient client, Node node, String path)
      throws Exception {
    URI uri = URI.create("http://localhost:" + node.port() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
