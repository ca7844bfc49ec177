// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Body;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an ordinary client sees. */
class GatewayTest {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void closeClient() {
    client.close();
  }

  @Test
  void a_request_reaches_the_worker_whole() throws Exception {
    Worker worker =
        request ->
            Response.text(
                String.join(
                    "|",
                    request.method(),
                    request.url().segment(1),
                    request.query("q").orElse("none"),
                    request.header("x-a").orElse("none"),
                    request.body().text()));
    try (Gateway gateway = start(worker)) {
      HttpRequest request =
          HttpRequest.newBuilder(uri(gateway, "/p/a%20b?q=%C3%A9"))
              .header("X-A", "1")
              .method("PATCH", BodyPublishers.ofString("body"))
              .build();
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("PATCH|a b|é|1|body");
    }
  }

  @Test
  void a_response_reaches_the_client_whole() throws Exception {
    Worker worker =
        _ ->
            Response.html("<p>é</p>")
                .withStatus(201)
                .withHeader("Set-Cookie", "a=1")
                .withHeader("Set-Cookie", "b=2");
    try (Gateway gateway = start(worker)) {
      HttpResponse<String> response = get(gateway, "/");
      assertThat(response.statusCode()).isEqualTo(201);
      assertThat(response.body()).isEqualTo("<p>é</p>");
      assertThat(response.headers().allValues("set-cookie")).containsExactly("a=1", "b=2");
      assertThat(response.headers().firstValue("content-length")).hasValue("9");
      assertThat(response.headers().firstValue("date").orElseThrow()).endsWith("GMT");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8_192, 16_384, 16_385, 100_000, 5_000_000})
  void bodies_of_any_size_are_echoed(int size) throws Exception {
    byte[] sent = new byte[size];
    new Random(size).nextBytes(sent);
    try (Gateway gateway = start(GatewayTest::echo)) {
      for (String way : List.of("whole", "written", "read")) {
        HttpRequest known =
            HttpRequest.newBuilder(uri(gateway, "/" + way))
                .POST(BodyPublishers.ofByteArray(sent))
                .build();
        HttpRequest chunked =
            HttpRequest.newBuilder(uri(gateway, "/" + way))
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(sent)))
                .build();
        for (HttpRequest request : List.of(known, chunked)) {
          HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
          assertThat(response.statusCode()).isEqualTo(200);
          assertThat(Arrays.equals(response.body(), sent)).as(way).isTrue();
        }
      }
    }
  }

  private static Response echo(Request request) {
    return switch (request.url().segment(0)) {
      case "whole" -> Response.bytes(request.body().bytes());
      case "written" -> Response.stream(out -> request.body().writeTo(out));
      default -> new Response(200, Response.status(200).headers(), request.body());
    };
  }

  @Test
  void each_request_has_a_virtual_thread_of_its_own() throws Exception {
    Worker worker =
        _ ->
            Response.text(
                Thread.currentThread().isVirtual() + " " + Thread.currentThread().threadId());
    try (Gateway gateway = start(worker)) {
      String first = get(gateway, "/").body();
      String second = get(gateway, "/").body();
      assertThat(first).startsWith("true ");
      assertThat(second).startsWith("true ").isNotEqualTo(first);
    }
  }

  @Test
  void several_event_loops_share_the_port() throws Exception {
    GatewayOptions options = GatewayOptions.defaults().withPort(0).withEventLoops(3);
    try (Gateway gateway = Gateway.start(options, _ -> Response.text("here"))) {
      for (int i = 0; i < 6; i++) {
        try (RawConnection connection = RawConnection.to(gateway)) {
          assertThat(connection.sendHead("GET / HTTP/1.1").read().body()).isEqualTo("here");
        }
      }
    }
  }

  @Test
  void a_port_that_is_taken_is_named_in_the_error() {
    try (Gateway gateway = start(_ -> Response.text(""))) {
      GatewayOptions same = GatewayOptions.defaults().withPort(gateway.port());
      assertThatThrownBy(() -> Gateway.start(same, _ -> Response.text("")))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("port " + gateway.port())
          .hasMessageContaining("choose another");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "nowhere.invalid, no address is known under that name",
    "192.0.2.1, assign requested address"
  })
  void an_address_that_this_machine_does_not_have_is_a_clear_error(String host, String why) {
    assertThatThrownBy(
            () ->
                Gateway.start(
                    GatewayOptions.defaults().withHost(host).withPort(0), _ -> Response.text("")))
        .isInstanceOf(UncheckedIOException.class)
        .cause()
        .hasMessageContainingAll("cannot listen on " + host + " port 0", why, "choose another")
        .hasMessageNotContainingAny("resolve", "Exception");
  }

  @Test
  void a_stream_reaches_the_client_as_it_comes() throws Exception {
    Worker worker =
        request ->
            Response.stream(
                out -> {
                  try (InputStream in = request.body().stream()) {
                    for (int c = in.read(); c >= 0; c = in.read()) {
                      out.write(Character.toUpperCase(c));
                      out.flush();
                    }
                  }
                });
    try (Gateway gateway = start(worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Transfer-Encoding: chunked");
      connection.send("1\r\na\r\n");
      assertThat(connection.readHead().status()).isEqualTo(200);
      assertThat(connection.readChunk()).asString().isEqualTo("A");
      connection.send("1\r\nb\r\n");
      assertThat(connection.readChunk()).asString().isEqualTo("B");
      connection.send("0\r\n\r\n");
      assertThat(connection.readChunk()).isEmpty();
    }
  }

  @Test
  void a_body_can_be_read_once() throws Exception {
    Worker worker =
        request -> {
          Body body = request.body();
          body.bytes();
          return Response.text(body.text());
        };
    try (Gateway gateway = start(worker)) {
      HttpRequest request =
          HttpRequest.newBuilder(uri(gateway, "/"))
              .POST(BodyPublishers.ofByteArray(new byte[100_000]))
              .build();
      assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(500);
    }
  }

  @Test
  void close_twice_is_close_once() throws IOException {
    Gateway gateway = start(_ -> Response.text(""));
    gateway.close();
    gateway.close();
    assertThatThrownBy(() -> RawConnection.to(gateway)).isInstanceOf(IOException.class);
  }

  private static Gateway start(Worker worker) {
    return Gateway.start(GatewayOptions.defaults().withPort(0), worker);
  }

  private HttpResponse<String> get(Gateway gateway, String target) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(gateway, target)).build(), BodyHandlers.ofString());
  }

  private static URI uri(Gateway gateway, String target) {
    return URI.create("http://localhost:" + gateway.port() + target);
  }
}
