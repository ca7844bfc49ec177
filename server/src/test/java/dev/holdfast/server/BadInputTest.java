// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.DurableObject;
import dev.holdfast.Env;
import dev.holdfast.Holdfast;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * What an app makes of bad input, through a whole node: the client gets one line without a trace,
 * the log names the mistake, and objects go on.
 */
class BadInputTest {
  @TempDir private Path data;

  /** What callers see. */
  public interface Box {
    long add(long by);

    void misuse(Mistake mistake);
  }

  /** The same under another name. */
  public interface Crate extends Box {}

  /** Each with what the log has to say. */
  public enum Mistake {
    AN_ID_OF_ANOTHER_NAMESPACE(
        "is not valid for namespace Box", "another namespace or another store made it"),
    AN_ID_THAT_IS_NONE("'nonsense' is not an object id", "expected 64 hex digits, found"),
    A_KEY_BEYOND_THE_LIMIT("has 2049 bytes in UTF-8, limit 2048", "use a shorter key"),
    A_KEY_THAT_IS_NOT_UNICODE("a key with an unpaired surrogate cannot be stored", ""),
    A_VALUE_BEYOND_THE_LIMIT(
        "put k: the value has", "limit 2097152 (limits.value-bytes); split it over several keys"),
    A_TURN_BEYOND_THE_LIMIT(
        "Box/a: this turn's writes would reach", "limit 67108864 (limits.commit-bytes);"),
    A_VALUE_THAT_CANNOT_BE_ENCODED("put k: cannot encode a ", "use a record"),
    A_VALUE_OF_ANOTHER_TYPE("get text: ", ""),
    A_SYNCHRONIZED_METHOD_THAT_CALLS_OUT("from a synchronized method of", "remove synchronized");

    private final String found;
    private final String remedy;

    Mistake(String found, String remedy) {
      this.found = found;
      this.remedy = remedy;
    }
  }

  static final class BoxObject extends DurableObject implements Crate {
    BoxObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public long add(long by) {
      long sum = storage().get("sum", Long.class).orElse(0L) + by;
      storage().put("sum", sum);
      return sum;
    }

    @Override
    public void misuse(Mistake mistake) {
      switch (mistake) {
        case AN_ID_OF_ANOTHER_NAMESPACE, AN_ID_THAT_IS_NONE -> {}
        case A_KEY_BEYOND_THE_LIMIT -> storage().put("k".repeat(2_049), 1);
        case A_KEY_THAT_IS_NOT_UNICODE -> storage().put("k\ud800", 1);
        case A_VALUE_BEYOND_THE_LIMIT -> storage().put("k", new byte[2 << 20]);
        case A_TURN_BEYOND_THE_LIMIT -> {
          byte[] value = new byte[2_000_000];
          for (int i = 0; i < 40; i++) {
            storage().put("k" + i, value);
          }
        }
        case A_VALUE_THAT_CANNOT_BE_ENCODED -> storage().put("k", Thread.currentThread());
        case A_VALUE_OF_ANOTHER_TYPE -> {
          storage().put("text", "text");
          var _ = storage().get("text", Long.class);
        }
        case A_SYNCHRONIZED_METHOD_THAT_CALLS_OUT -> callOut();
      }
    }

    private synchronized void callOut() {
      ctx().env().objects(Crate.class).getByName("b").add(1);
    }
  }

  private static final class BoxWorker implements Worker {
    private final ObjectNamespace<Box> boxes;
    private final ObjectNamespace<Crate> crates;

    BoxWorker(Env env) {
      boxes = env.objects(Box.class);
      crates = env.objects(Crate.class);
    }

    @Override
    public Response fetch(Request request) {
      Box box = boxes.getByName("a");
      if (request.url().segment(0).equals("add")) {
        return Response.text(box.add(1));
      }
      Mistake mistake = Mistake.valueOf(request.url().segment(0));
      switch (mistake) {
        case AN_ID_OF_ANOTHER_NAMESPACE ->
            boxes.get(boxes.idFromString(crates.idFromName("a").toString())).add(1);
        case AN_ID_THAT_IS_NONE -> boxes.get(boxes.idFromString("nonsense")).add(1);
        default -> box.misuse(mistake);
      }
      return Response.text("not noticed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_mistake_is_answered_500_named_in_the_log_and_harms_no_object(Mistake mistake)
      throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("dev.holdfast.gateway");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.setContext(logger.getLoggerContext());
    log.start();
    logger.addAppender(log);
    try (Holdfast node =
            Holdfast.builder()
                .object("Box", Box.class, BoxObject::new)
                .object("Crate", Crate.class, BoxObject::new)
                .worker(BoxWorker::new)
                .data(data)
                .port(0)
                .start();
        HttpClient client = HttpClient.newHttpClient()) {
      assertThat(node.objects(Crate.class).getByName("b").add(1)).isEqualTo(1);
      assertThat(get(client, node, "add").body()).isEqualTo("1");

      HttpResponse<String> response = get(client, node, mistake.name());

      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body()).isEqualTo("the request failed; the log of the server says why\n");
      assertThat(log.list)
          .singleElement()
          .satisfies(
              event ->
                  assertThat(event.getThrowableProxy().getMessage())
                      .contains(mistake.found, mistake.remedy));
      assertThat(get(client, node, "add").body()).isEqualTo("2");
      assertThat(node.objects(Crate.class).getByName("b").add(1)).isEqualTo(2);
    } finally {
      logger.detachAppender(log);
    }
  }

  private static HttpResponse<String> get(HttpClient client, Holdfast node, String path)
      throws Exception {
    URI uri = URI.create("http://localhost:" + node.port() + "/" + path);
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
