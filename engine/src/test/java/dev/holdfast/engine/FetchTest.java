// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Body;
import dev.holdfast.Headers;
import dev.holdfast.Request;
import dev.holdfast.Response;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** HTTP requests to objects whose bodies are there, whole. */
class FetchTest extends FetchSuite {

  @Test
  void request_reachesTheObjectWhole_andTheResponseItsCaller() {
    test.handler(
        "echo",
        (self, request) ->
            new Response(
                202,
                Headers.of("X-Answer", request.header("x-a").orElse("")),
                Body.of(request.method() + request.query("q").orElse("") + request.body().text())));
    Request request = post("echo?q=1", Body.of("body")).withHeader("X-A", "a");
    Response response = get(fetch("a", request));
    assertThat(response.status()).isEqualTo(202);
    assertThat(response.header("x-answer")).hasValue("a");
    assertThat(response.body().text()).isEqualTo("POST1body");
    assertThat(response.body().text()).as("bytes that are there can be read again").isNotEmpty();
  }

  @Test
  void objectFetchesFromAnother_andLetsOthersInMeanwhile() {
    test.script("called", self -> "back");
    test.handler("call-back", (self, request) -> Response.text(self.other("a").run("called")));
    test.script("fetch", self -> self.stub("b").fetch(Request.get("/call-back")).body().text());
    assertThat(get(test.call("a", "fetch"))).isEqualTo("back");
  }

  @Test
  void exceptionOfTheHandler_reachesTheCaller_andTheObjectLives() {
    test.handler(
        "fail",
        (self, request) -> {
          throw new IllegalArgumentException("no such thing");
        });
    test.script("activation", self -> String.valueOf(self.activation()));
    assertThat(failure(fetch("a", Request.get("/fail")))).hasMessageContaining("no such thing");
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
  }

  @Test
  @SuppressWarnings("NullAway") // the mistake that is tested
  void handlerThatReturnsNull_isNamed() {
    test.handler("null", (self, request) -> null);
    assertThat(failure(fetch("a", Request.get("/null"))))
        .hasMessageContaining("Scripted")
        .hasMessageContaining("fetch returned null");
  }

  @Test
  void response_waitsForTheWritesBeforeIt() {
    test.handler("put", (self, request) -> Response.text(self.add("n", 1)));
    test.store().gate().hold();
    CompletableFuture<Response> response = fetch("a", Request.get("/put"));
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(response).isNotDone();
    test.store().gate().release();
    assertThat(get(response).body().text()).isEqualTo("1");
  }
}
