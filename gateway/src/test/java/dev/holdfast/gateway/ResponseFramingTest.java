// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Body;
import dev.holdfast.Headers;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.gateway.RawConnection.Ending;
import dev.holdfast.gateway.RawConnection.RawResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How responses look on the wire. */
class ResponseFramingTest {

  @Test
  void a_body_that_is_there_has_a_length() throws Exception {
    RawResponse response = answer(Response.text("text"));
    assertThat(response.header("content-length")).hasValue("4");
    assertThat(response.header("transfer-encoding")).isEmpty();
    assertThat(response.body()).isEqualTo("text");
  }

  @Test
  void no_body_has_the_length_0() throws Exception {
    assertThat(answer(Response.status(405)).header("content-length")).hasValue("0");
  }

  @Test
  void a_short_written_body_goes_out_whole() throws Exception {
    RawResponse response = answer(Response.stream(out -> out.write(bytes("written"))));
    assertThat(response.header("content-length")).hasValue("7");
    assertThat(response.body()).isEqualTo("written");
  }

  @Test
  void a_long_written_body_is_chunked() throws Exception {
    RawResponse response =
        answer(
            Response.stream(
                out -> {
                  for (int i = 0; i < 10_000; i++) {
                    out.write(bytes("0123456789"));
                  }
                }));
    assertThat(response.headers("transfer-encoding")).containsExactly("chunked");
    assertThat(response.header("content-length")).isEmpty();
    assertThat(response.body()).isEqualTo("0123456789".repeat(10_000));
  }

  @Test
  void a_stream_is_chunked() throws Exception {
    RawResponse response = answer(Response.stream(new ByteArrayInputStream(bytes("stream"))));
    assertThat(response.headers("transfer-encoding")).containsExactly("chunked");
    assertThat(response.body()).isEqualTo("stream");
  }

  @Test
  void a_stream_of_known_length_is_not_chunked() throws Exception {
    RawResponse response = answer(new Response(200, Headers.empty(), declaring(5, "12345")));
    assertThat(response.headers("content-length")).containsExactly("5");
    assertThat(response.header("transfer-encoding")).isEmpty();
    assertThat(response.body()).isEqualTo("12345");
  }

  @Test
  void a_stream_shorter_than_declared_ends_in_a_reset() throws Exception {
    Worker worker = _ -> new Response(200, Headers.empty(), declaring(6, "12345"));
    try (Gateway gateway = start(worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET / HTTP/1.1");
      assertThat(connection.readToEnd().reset()).isTrue();
    }
  }

  @Test
  void a_stream_longer_than_declared_is_answered_500_or_reset() throws Exception {
    RawResponse response = answer(new Response(200, Headers.empty(), declaring(4, "12345")));
    assertThat(response.status()).isEqualTo(500);
  }

  @Test
  void a_writer_may_close_its_stream() throws Exception {
    Worker worker =
        _ ->
            Response.stream(
                out -> {
                  try (out) {
                    out.write(bytes("closed"));
                  }
                });
    assertThat(answer(worker).body()).isEqualTo("closed");
  }

  @Test
  void a_writer_that_fails_before_anything_is_sent_is_answered_500() throws Exception {
    Worker worker =
        _ ->
            Response.stream(
                    out -> {
                      out.write(bytes("lost"));
                      throw new IOException("writer");
                    })
                .withHeader("X-Secret", "of the worker");
    RawResponse response = answer(worker);
    assertThat(response.status()).isEqualTo(500);
    assertThat(response.header("x-secret")).isEmpty();
    assertThat(response.body()).doesNotContain("lost").doesNotContain("writer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1", "HTTP/1.0"})
  void a_writer_that_fails_midway_ends_in_a_reset(String version) throws Exception {
    CompletableFuture<Void> received = new CompletableFuture<>();
    Worker worker =
        _ ->
            Response.stream(
                out -> {
                  out.write(bytes("begun"));
                  out.flush();
                  received.join();
                  throw new IllegalStateException("writer");
                });
    try (Gateway gateway = start(worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET / " + version);
      assertThat(connection.readHead().status()).isEqualTo(200);
      connection.readBytes(5);
      received.complete(null);
      Ending ending = connection.readToEnd();
      assertThat(ending.reset()).isTrue();
      assertThat(ending.text()).doesNotContain("0\r\n\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Accept: */*", "Connection: keep-alive"})
  void a_stream_to_http_1_0_ends_with_the_connection_and_says_so(String field) throws Exception {
    Worker worker = _ -> Response.stream(new ByteArrayInputStream(bytes("old")));
    try (Gateway gateway = start(worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET / HTTP/1.0", field);
      RawResponse head = connection.readHead();
      assertThat(head.header("connection")).contains("close");
      assertThat(head.header("transfer-encoding")).isEmpty();
      assertThat(head.header("content-length")).isEmpty();
      assertThat(connection.readToEnd()).isEqualTo(new Ending("old", false));
    }
  }

  @Test
  void head_gets_the_head_of_the_answer_only() throws Exception {
    try (Gateway gateway =
            start(
                request ->
                    switch (request.url().path()) {
                      case "/text" -> Response.text("text");
                      case "/told" -> Response.status(200).withHeader("Content-Length", "99");
                      default ->
                          Response.stream(
                              _ -> {
                                throw new IOException("a writer is not run for HEAD");
                              });
                    });
        RawConnection connection = RawConnection.to(gateway)) {
      assertThat(connection.sendHead("HEAD /text HTTP/1.1").readHead().header("content-length"))
          .hasValue("4");
      assertThat(connection.sendHead("HEAD /told HTTP/1.1").readHead().header("content-length"))
          .hasValue("99");
      RawResponse written = connection.sendHead("HEAD /written HTTP/1.1").readHead();
      assertThat(written.status()).isEqualTo(200);
      assertThat(written.header("content-length")).isEmpty();
      assertThat(connection.sendHead("GET /text HTTP/1.1").read().body()).isEqualTo("text");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void a_status_without_a_body_is_sent_without_one(int status) throws Exception {
    CompletableFuture<String> closed = new CompletableFuture<>();
    InputStream stream =
        new ByteArrayInputStream(bytes("body")) {
          @Override
          public void close() {
            closed.complete("closed");
          }
        };
    try (Gateway gateway =
            start(
                request ->
                    request.url().path().equals("/")
                        ? Response.text("body").withStatus(status)
                        : Response.stream(stream).withStatus(status));
        RawConnection connection = RawConnection.to(gateway)) {
      for (String path : new String[] {"/", "/stream", "/"}) {
        RawResponse response = connection.sendHead("GET " + path + " HTTP/1.1").read();
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.header("content-length")).isEmpty();
        assertThat(response.header("transfer-encoding")).isEmpty();
      }
      assertThat(closed.join()).isEqualTo("closed");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 205})
  void a_worker_cannot_tell_of_a_body_where_there_is_none(int status) throws Exception {
    Response told = Response.status(status).withHeader("Content-Length", "5");
    try (Gateway gateway = start(_ -> told);
        RawConnection connection = RawConnection.to(gateway)) {
      for (int i = 0; i < 2; i++) {
        RawResponse response = connection.sendHead("GET / HTTP/1.1").readHead();
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.header("content-length").orElse("0")).isEqualTo("0");
      }
    }
  }

  @Test
  void a_length_that_is_told_in_answer_to_head_is_one_number() throws Exception {
    Worker worker =
        request ->
            Response.status(200)
                .withHeader("Content-Length", request.query("a").orElse(""))
                .withHeader("Content-Length", request.query("b").orElse(""));
    try (Gateway gateway = start(worker);
        RawConnection connection = RawConnection.to(gateway)) {
      for (String query : new String[] {"a=1&b=2", "a=x&b=7", "a=-1&b=7", "a=&b=7", "a=7&b=7"}) {
        RawResponse response = connection.sendHead("HEAD /?" + query + " HTTP/1.1").readHead();
        assertThat(response.headers("content-length"))
            .as(query)
            .singleElement()
            .asString()
            .matches("[0-9]+");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nB: c", "a\nB: c", "a\rB: c", "a\0", "\u010aB: c", "a\u007f"})
  void what_no_header_can_carry_is_answered_500(String value) throws Exception {
    for (Worker worker :
        new Worker[] {
          _ -> Response.text("").withHeader("A", value),
          _ -> Response.text("").withHeader("A" + value, "v"),
          _ -> new Response(200, Headers.of("A", value), Body.empty())
        }) {
      RawResponse response = answer(worker);
      assertThat(response.status()).isEqualTo(500);
      assertThat(response.header("b")).isEmpty();
    }
  }

  @Test
  void framing_fields_of_the_worker_are_dropped() throws Exception {
    RawResponse response =
        answer(
            Response.text("text")
                .withHeader("Content-Length", "1")
                .withHeader("Transfer-Encoding", "chunked")
                .withHeader("Connection", "X-Kept")
                .withHeader("Keep-Alive", "1")
                .withHeader("Upgrade", "h2c")
                .withHeader("Date", "today")
                .withHeader("X-Kept", "kept"));
    assertThat(response.headers("content-length")).containsExactly("4");
    assertThat(response.headers("date")).containsExactly("today");
    assertThat(response.header("x-kept")).hasValue("kept");
    for (String dropped :
        new String[] {"transfer-encoding", "connection", "keep-alive", "upgrade"}) {
      assertThat(response.header(dropped)).as(dropped).isEmpty();
    }
  }

  @Test
  void a_header_with_a_line_end_is_answered_500() throws Exception {
    RawResponse response =
        answer(
            request -> Response.text("").withHeader("A", request.query("v").orElse("a\r\nB: c")));
    assertThat(response.status()).isEqualTo(500);
    assertThat(response.header("b")).isEmpty();
  }

  @Test
  void a_header_beyond_ascii_is_sent_as_latin_1() throws Exception {
    assertThat(answer(Response.text("").withHeader("A", "é")).header("a")).hasValue("é");
  }

  private static Body declaring(long length, String text) {
    return new Body() {
      @Override
      public OptionalLong length() {
        return OptionalLong.of(length);
      }

      @Override
      public InputStream stream() {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
      }
    };
  }

  private static RawResponse answer(Response response) throws IOException {
    return answer(_ -> response);
  }

  /** The answer to a GET, on a connection that must be good for another. */
  private static RawResponse answer(Worker worker) throws IOException {
    try (Gateway gateway = start(worker);
        RawConnection connection = RawConnection.to(gateway)) {
      RawResponse response = connection.sendHead("GET / HTTP/1.1").read();
      if (response.header("transfer-encoding").isEmpty()) {
        assertThat(connection.sendHead("GET / HTTP/1.1").read().status())
            .isEqualTo(response.status());
      }
      return response;
    }
  }

  private static Gateway start(Worker worker) {
    return Gateway.start(GatewayOptions.defaults().withPort(0), worker);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
