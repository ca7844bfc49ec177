// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.DurableObject;
import dev.holdfast.Env;
import dev.holdfast.ObjectContext;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.engine.sql.page.ScratchLimits;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A turn of replaced code that goes on beside the new code harms nothing of it. */
@Timeout(60)
class LateTurnTest {
  private static final CountDownLatch INSIDE = new CountDownLatch(1);
  private static final CountDownLatch GO_ON = new CountDownLatch(1);
  private static final CountDownLatch LEFT = new CountDownLatch(1);

  @TempDir private Path data;
  private final HttpClient http = HttpClient.newHttpClient();

  interface Ledger {
    String run(String what) throws InterruptedException;
  }

  static final class LedgerObject extends DurableObject implements Ledger {
    LedgerObject(ObjectContext ctx) {
      super(ctx);
      sql().exec("CREATE TABLE IF NOT EXISTS t(n INTEGER PRIMARY KEY, v TEXT)");
    }

    @Override
    public String run(String what) throws InterruptedException {
      switch (what) {
        case "/add" -> add();
        case "/late" -> addLate();
        default -> {}
      }
      return sql().query("SELECT count(*) FROM t").one(Long.class)
          + " "
          + sql().query("PRAGMA integrity_check").one(String.class);
    }

    private void add() {
      for (int i = 0; i < 100; i++) {
        sql().exec("INSERT INTO t(v) VALUES (?)", "a value that takes space ".repeat(40));
      }
    }

    private void addLate() throws InterruptedException {
      try {
        add();
        INSIDE.countDown();
        GO_ON.await();
        add();
      } finally {
        LEFT.countDown();
      }
    }
  }

  private static final List<ObjectClass<?>> CLASSES =
      List.of(new ObjectClass<>("Ledger", Ledger.class, LedgerObject::new));

  private static Worker worker(Env env) {
    return request ->
        Response.text(env.objects(Ledger.class).getByName("a").run(request.url().path()));
  }

  private CompletableFuture<String> get(LiveNode node, String path) {
    return http.sendAsync(
            HttpRequest.newBuilder(URI.create("http://localhost:" + node.port() + path)).build(),
            BodyHandlers.ofString())
        .thenApply(HttpResponse::body);
  }

  @Test
  void turnBetweenTwoStatements_goesOnBesideTheNewCode() throws Exception {
    NodeOptions defaults = NodeOptions.over(data);
    EngineOptions engine = defaults.engine();
    NodeOptions options =
        defaults
            .withGateway(defaults.gateway().withPort(0))
            .withEngine(
                engine.withSql(engine.sql().withScratchLimits(new ScratchLimits(1L << 30, 0))));
    try (LiveNode node = LiveNode.start(options, CLASSES, LateTurnTest::worker, one -> one)) {
      assertThat(get(node, "/add").get()).isEqualTo("100 ok");
      node.replace(CLASSES, LateTurnTest::worker);
      CompletableFuture<String> late = get(node, "/late");
      assertThat(INSIDE.await(30, TimeUnit.SECONDS)).isTrue();

      node.replace(CLASSES, LateTurnTest::worker);
      assertThat(get(node, "/add").get()).isEqualTo("200 ok");
      GO_ON.countDown();
      assertThat(LEFT.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(late.get()).doesNotContain(" ok");

      assertThat(get(node, "/add").get()).isEqualTo("300 ok");
      node.replace(CLASSES, LateTurnTest::worker);
      assertThat(get(node, "/add").get()).isEqualTo("400 ok");
    } finally {
      GO_ON.countDown();
      http.close();
    }
    try (LiveNode node = LiveNode.start(options, CLASSES, LateTurnTest::worker, one -> one);
        HttpClient next = HttpClient.newHttpClient()) {
      String body =
          next.send(
                  HttpRequest.newBuilder(URI.create("http://localhost:" + node.port() + "/"))
                      .build(),
                  BodyHandlers.ofString())
              .body();
      assertThat(body).isEqualTo("400 ok");
    }
  }
}
