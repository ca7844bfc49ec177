// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Response;
import dev.holdfast.gateway.RawConnection.Ending;
import dev.holdfast.gateway.RawConnection.RawResponse;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before a worker sees it, and how. */
class RequestLimitsTest {
  private static final AtomicInteger served = new AtomicInteger();
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    GatewayLimits limits =
        GatewayLimits.defaults()
            .withRequestLineBytes(100)
            .withHeaderBytes(1_000)
            .withBodyBytes(100_000);
    gateway =
        Gateway.start(
            GatewayOptions.defaults().withPort(0).withLimits(limits),
            request -> {
              served.incrementAndGet();
              return Response.text(request.method() + " " + request.body().bytes().length);
            });
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** Each is a request as sent, with ~ for the line end. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET~~",
        "GET /~~",
        "GET / HTTP~~",
        "GET / http/1.1~Host: h~~",
        "GET / HTTP/1.1 x~Host: h~~",
        "G@T / HTTP/1.1~Host: h~~",
        " / HTTP/1.1~Host: h~~",
        "GET /\u0080 HTTP/1.1~Host: h~~",
        "GET /a\u00e9b HTTP/1.1~Host: h~~",
        "GET / HTTP/1.1~~",
        "GET / HTTP/1.1~Host: a~Host: a~~",
        "GET / HTTP/1.1~Host: a b~~",
        "GET / HTTP/1.1~Host: a/b~~",
        "GET / HTTP/1.1~Host: u@h~~",
        "GET / HTTP/1.1~Host h~~",
        "GET / HTTP/1.1~Host : h~~",
        "GET / HTTP/1.1~Host: h~: v~~",
        "GET / HTTP/1.1~Host: h~A\u0000: v~~",
        "GET / HTTP/1.1~Host: h~A: v\u0000~~",
        "GET / HTTP/1.1~Host: h~A: v\u007f~~",
        "GET / HTTP/1.1~Host: h~A: v\rB: w~~",
        "GET / HTTP/1.1\nHost: h\n\n",
        "GET /% HTTP/1.1~Host: h~~",
        "GET /%4 HTTP/1.1~Host: h~~",
        "GET /%zz HTTP/1.1~Host: h~~",
        "GET /%ff HTTP/1.1~Host: h~~",
        "GET /%c3%28 HTTP/1.1~Host: h~~",
        "GET /a?b=%ff HTTP/1.1~Host: h~~",
        "GET a HTTP/1.1~Host: h~~",
        "GET /a#b HTTP/1.1~Host: h~~",
        "GET / HTTP/1.1 ~Host: h~~",
        "GET / HTTP/1.1~ Host: h~~",
        "GET / HTTP/1.1~Host: h~A: v\nB: w~~",
        "GET / HTTP/1.1~Host:\u000bh~~",
        "GET http:///a HTTP/1.1~Host: h~~",
        "GET http://?a HTTP/1.1~Host: h~~",
        "GET http://u@h/a HTTP/1.1~Host: h~~",
        "GET ftp://h/a HTTP/1.1~Host: h~~",
        "GET //h/%zz HTTP/1.1~Host: h~~",
        "GET http:// HTTP/1.1~Host: ~A~~",
        "OPTIONS * HTTP/1.1~Host: h~~",
        "GET / HTTP/1.1~Host: h~Sec-WebSocket-Key1: 1~Sec-WebSocket-Key2: 2~~12345678",
        "POST / HTTP/1.1~Host: h~Content-Length: 1~Content-Length: 2~~ab",
        "POST / HTTP/1.1~Host: h~Content-Length: 1~Content-Length: 1~~a",
        "POST / HTTP/1.1~Host: h~Content-Length: 1, 1~~a",
        "POST / HTTP/1.1~Host: h~Content-Length: -1~~a",
        "POST / HTTP/1.1~Host: h~Content-Length: +1~~a",
        "POST / HTTP/1.1~Host: h~Content-Length: 0x1~~a",
        "POST / HTTP/1.1~Host: h~Content-Length: 1 1~~a",
        "POST / HTTP/1.1~Host: h~Content-Length: ~~a",
        "POST / HTTP/1.1~Host: h~Content-Length: 1~ 1~~a",
        "POST / HTTP/1.1~Host: h~Content-Length:\u000b1~~a",
        "POST / HTTP/1.1~Host: h~Content-Length: 1\u000c~~a",
        "POST / HTTP/1.1~Host: h~Content-Length: 1\u00a0~~a",
        "POST / HTTP/1.1~Host: h~Content-Length : 1~~a",
        "POST / HTTP/1.1~Host: h~Transfer-Encoding : chunked~~0~~",
        "POST / HTTP/1.1~Host: h~Transfer-Encoding:\u000bchunked~~0~~",
        "POST / HTTP/1.1~Host: h~Transfer-Encoding: chunked\u0000~~0~~",
        "POST / HTTP/1.1~Host: h~Content-Length: 99999999999999999999~~a",
        "POST / HTTP/1.1~Host: h~Content-Length: 3~Transfer-Encoding: chunked~~0~~",
        "POST / HTTP/1.1~Host: h~Transfer-Encoding: chunked~Content-Length: 3~~0~~",
        "POST / HTTP/1.0~Host: h~Transfer-Encoding: chunked~~0~~",
        "POST / HTTP/1.0~Host: h~Content-Length: 5~Transfer-Encoding: chunked~~0~~",
      })
  void a_malformed_request_is_answered_400_and_the_connection_closed(String request)
      throws Exception {
    refused(request, 400);
  }

  @ParameterizedTest
  @CsvSource({
    "'GET / HTTP/2.0~Host: h~~', 505",
    "'GET / HTTP/1.2~Host: h~~', 505",
    "'PRI * HTTP/2.0~~SM~~', 505",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: gzip~~', 501",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: gzip, chunked~~', 501",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: chunked, gzip~~', 501",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: xchunked~~', 501",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: identity~~', 501",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: ~~', 501",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: chunked,~~', 501",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: chunked;a=b~~', 501",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: \"chunked\"~~', 501",
    "'CONNECT / HTTP/1.1~Host: h~~', 501",
    "'CONNECT h:1 HTTP/1.1~Host: h~~', 501",
    "'CONNECT http://h/ HTTP/1.1~Host: h~~', 501",
    "'GET https://h/ HTTP/1.1~Host: h~~', 421",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: chunked~Transfer-Encoding: chunked~~', 501",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: chunked~Transfer-Encoding: gzip~~', 501",
    "'POST / HTTP/1.1~Host: h~Transfer-Encoding: gzip~Content-Length: 1~~a', 400",
    "'POST / HTTP/1.1~Host: h~Content-Length: 1~Expect: the-worst~~a', 417",
  })
  void what_is_not_served_is_refused_and_the_connection_closed(String request, int status)
      throws Exception {
    refused(request, status);
  }

  private static void refused(String request, int status) throws Exception {
    int before = served.get();
    try (RawConnection connection = RawConnection.to(gateway)) {
      // What follows on the connection must not be taken for a request.
      connection.send(request.replace("~", "\r\n")).send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
      RawResponse response = connection.read();
      assertThat(response.status()).isEqualTo(status);
      assertThat(response.body()).isNotBlank().hasLineCount(1).doesNotContain("Exception");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
    assertThat(served.get()).isEqualTo(before);
    stillServes();
  }

  @Test
  void a_request_line_beyond_the_limit_is_answered_414() throws Exception {
    try (RawConnection connection = RawConnection.to(gateway)) {
      connection.send("GET /" + "a".repeat(86) + " HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(connection.read().status()).isEqualTo(200);
      connection.send("GET /" + "a".repeat(87) + " HTTP/1.1\r\nHost: h\r\n\r\n");
      RawResponse response = connection.read();
      assertThat(response.status()).isEqualTo(414);
      assertThat(response.body()).contains("limit of 100 bytes");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void an_endless_request_line_is_answered_414() throws Exception {
    try (RawConnection connection = RawConnection.to(gateway)) {
      connection.send("a".repeat(10_000));
      assertThat(connection.read().status()).isEqualTo(414);
    }
  }

  @Test
  void header_fields_beyond_the_limit_are_answered_431() throws Exception {
    try (RawConnection connection = RawConnection.to(gateway)) {
      connection.send("GET / HTTP/1.1\r\nHost: h\r\nA: " + "a".repeat(990) + "\r\n\r\n");
      assertThat(connection.read().status()).isEqualTo(200);
      connection.send("GET / HTTP/1.1\r\nHost: h\r\nA: " + "a".repeat(991) + "\r\n\r\n");
      RawResponse response = connection.read();
      assertThat(response.status()).isEqualTo(431);
      assertThat(response.body()).contains("limit of 1000 bytes");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void a_method_that_nobody_knows_reaches_the_worker() throws Exception {
    try (RawConnection connection = RawConnection.to(gateway)) {
      assertThat(connection.sendHead("BREW! / HTTP/1.1").read().body()).isEqualTo("BREW! 0");
      assertThat(connection.sendHead("get / HTTP/1.1").read().body()).isEqualTo("get 0");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET http://other:1/a HTTP/1.1~Host: h~~",
        "GET HTTP://other:1?a HTTP/1.1~Host: h~~",
        "GET  / HTTP/1.1~Host: h~~",
        "GET\t/\tHTTP/1.1~Host: h~~",
        "GET //h/a HTTP/1.1~Host: h~~",
        "GET / HTTP/1.0~~",
        "GET / HTTP/1.1~Host: [::1]:80~~",
        "GET / HTTP/1.1~Host: ~~",
        "~~GET / HTTP/1.1~Host: h~~",
        "GET / HTTP/1.1~Host: h~A: 1~ folded~~",
        "GET /%C3%A9?%C3%A9=%20 HTTP/1.1~Host: h~~",
        "POST / HTTP/1.1~Host: h~Transfer-Encoding: Chunked~~1;x=y~a~0~Trailer: t~~",
        "POST / HTTP/1.1~Host: h~Content-Length: 0003~~abc",
      })
  void what_is_odd_but_clear_is_served(String request) throws Exception {
    try (RawConnection connection = RawConnection.to(gateway)) {
      connection.send(request.replace("~", "\r\n"));
      assertThat(connection.read().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET / HTTP/1.1, http://h/",
    "GET http://other:1/a?b HTTP/1.1, http://other:1/a?b",
    "GET HTTP://other?b HTTP/1.1, http://other/?b",
    "GET //other/a HTTP/1.1, http://h//other/a",
  })
  void the_target_of_a_request_names_its_host_before_the_host_header(String line, String url)
      throws Exception {
    try (Gateway telling =
            Gateway.start(
                GatewayOptions.defaults().withPort(0), request -> Response.text(request.url()));
        RawConnection connection = RawConnection.to(telling)) {
      assertThat(connection.sendHead(line).read().body()).isEqualTo(url);
    }
  }

  @Test
  void a_header_in_bad_utf_8_reaches_the_worker_byte_for_byte_as_latin_1() throws Exception {
    try (Gateway telling =
            Gateway.start(
                GatewayOptions.defaults().withPort(0),
                request -> Response.text("").withHeader("B", request.header("a").orElse("none")));
        RawConnection connection = RawConnection.to(telling)) {
      assertThat(connection.sendHead("GET / HTTP/1.1", "A: \u00ff\u00c3(\u0080").read().header("b"))
          .hasValue("\u00ff\u00c3(\u0080");
    }
  }

  @Test
  void trailers_beyond_the_limit_are_answered_400() throws Exception {
    try (RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Transfer-Encoding: chunked");
      connection.send("1\r\na\r\n0\r\nT: " + "t".repeat(2_000) + "\r\n\r\n");
      assertThat(connection.read().status()).isEqualTo(400);
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
    stillServes();
  }

  @Test
  void a_request_to_upgrade_is_served_as_if_it_had_not_asked() throws Exception {
    try (RawConnection connection = RawConnection.to(gateway)) {
      for (String protocol : new String[] {"h2c", "TLS/1.2", "websocket"}) {
        connection.sendHead(
            "GET / HTTP/1.1",
            "Connection: Upgrade, HTTP2-Settings",
            "Upgrade: " + protocol,
            "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        assertThat(connection.read().body()).as(protocol).isEqualTo("GET 0");
      }
      // Where a socket is asked for, what follows is no request.
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  private static void stillServes() throws Exception {
    try (RawConnection other = RawConnection.to(gateway)) {
      assertThat(other.sendHead("GET / HTTP/1.1").read().status()).isEqualTo(200);
    }
  }
}
