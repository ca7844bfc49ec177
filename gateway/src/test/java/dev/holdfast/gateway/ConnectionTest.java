// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.gateway.RawConnection.Ending;
import dev.holdfast.gateway.RawConnection.RawResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of a connection: kept, pipelined, idle, closed. */
class ConnectionTest {
  private static final GatewayOptions OPTIONS = GatewayOptions.defaults().withPort(0);
  private static final Worker ECHO =
      request -> Response.text(request.url().path() + request.body().text());

  @Test
  void a_connection_is_kept() throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, ECHO);
        RawConnection connection = RawConnection.to(gateway)) {
      for (int i = 0; i < 100; i++) {
        RawResponse response = connection.sendHead("GET /" + i + " HTTP/1.1").read();
        assertThat(response.body()).isEqualTo("/" + i);
        assertThat(response.header("connection")).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: close",
        "Connection: Close",
        "Connection: TE, close",
        "Connection: close,keep-alive",
        "Connection: x\r\nConnection: \tclose "
      })
  void a_connection_is_closed_when_the_client_says_so(String field) throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, ECHO);
        RawConnection connection = RawConnection.to(gateway)) {
      RawResponse response = connection.sendHead("GET / HTTP/1.1", field).read();
      assertThat(response.header("connection")).hasValue("close");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void http_1_0_is_closed_unless_the_client_asks_to_keep_it() throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, ECHO);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET /a HTTP/1.0", "Connection: keep-alive");
      RawResponse kept = connection.read();
      assertThat(kept.header("connection").orElseThrow()).isEqualToIgnoringCase("keep-alive");
      assertThat(connection.sendHead("GET /b HTTP/1.0").read().body()).isEqualTo("/b");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void pipelined_requests_are_answered_in_order() throws Exception {
    AtomicInteger atOnce = new AtomicInteger();
    Worker worker =
        request -> {
          assertThat(atOnce.incrementAndGet()).isEqualTo(1);
          Response response = ECHO.fetch(request);
          assertThat(atOnce.decrementAndGet()).isZero();
          return response;
        };
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      StringBuilder requests = new StringBuilder();
      for (int i = 1; i <= 50; i++) {
        requests.append(
            i % 3 == 0
                ? "POST /%d HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx".formatted(i)
                : "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n".formatted(i));
      }
      connection.send(requests.toString());
      for (int i = 1; i <= 50; i++) {
        assertThat(connection.read().body()).isEqualTo("/" + i + (i % 3 == 0 ? "x" : ""));
      }
    }
  }

  @Test
  void a_request_that_comes_byte_by_byte_is_served() throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, ECHO);
        RawConnection connection = RawConnection.to(gateway)) {
      String request = "POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
      for (int i = 0; i < request.length(); i++) {
        connection.send(request.substring(i, i + 1));
      }
      assertThat(connection.read().body()).isEqualTo("/slowabc");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: h\r\nA", "\r\n\r\nGET"})
  void a_head_that_stops_coming_is_answered_408(String begun) throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withHead(Duration.ofMillis(200)));
    try (Gateway gateway = Gateway.start(options, ECHO);
        RawConnection connection = RawConnection.to(gateway)) {
      assertThat(connection.sendHead("GET /first HTTP/1.1").read().body()).isEqualTo("/first");
      connection.send(begun);
      RawResponse response = connection.read();
      assertThat(response.status()).isEqualTo(408);
      assertThat(response.body()).contains("200 ms");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void a_head_that_trickles_is_answered_408_all_the_same() throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withHead(Duration.ofMillis(200)));
    try (Gateway gateway = Gateway.start(options, ECHO);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.send("GET / HTTP/1.1\r\nA: ");
      connection.socket().setSoTimeout(20);
      RawResponse response = null;
      while (response == null) {
        connection.send("a");
        try {
          response = connection.read();
        } catch (SocketTimeoutException e) {
          // No answer yet: the next byte.
        }
      }
      assertThat(response.status()).isEqualTo(408);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\r\n"})
  void an_idle_connection_is_closed(String before) throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withIdle(Duration.ofMillis(200)));
    try (Gateway gateway = Gateway.start(options, ECHO);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.send(before);
      if (before.startsWith("GET")) {
        connection.read();
      }
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void connections_beyond_the_limit_are_closed_at_once_and_logged_once() throws Exception {
    GatewayOptions options = OPTIONS.withLimits(GatewayLimits.defaults().withConnections(2));
    try (LogRecord log = new LogRecord();
        Gateway gateway = Gateway.start(options, ECHO);
        RawConnection first = RawConnection.to(gateway)) {
      try (RawConnection second = RawConnection.to(gateway)) {
        assertThat(first.sendHead("GET /first HTTP/1.1").read().body()).isEqualTo("/first");
        assertThat(second.sendHead("GET /second HTTP/1.1").read().body()).isEqualTo("/second");
        for (int i = 0; i < 3; i++) {
          try (RawConnection beyond = RawConnection.to(gateway)) {
            assertThat(beyond.readToEnd().text()).isEmpty();
          }
        }
        assertThat(first.sendHead("GET /again HTTP/1.1").read().body()).isEqualTo("/again");
      }
      Awaitility.await().until(() -> gateway.connections() == 1);
      try (RawConnection third = RawConnection.to(gateway)) {
        assertThat(third.sendHead("GET /third HTTP/1.1").read().body()).isEqualTo("/third");
      }
      assertThat(log.events())
          .extracting(ILoggingEvent::getFormattedMessage)
          .singleElement()
          .asString()
          .startsWith("2 connections are open, which is the limit");
    }
  }

  @Test
  void a_client_that_sends_ahead_is_read_as_it_is_answered() throws Exception {
    int requests = 8_000;
    byte[] request =
        ("GET / HTTP/1.1\r\nHost: h\r\nA: " + "a".repeat(8_000) + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    int slack = 48 << 20; // the sockets' own buffers
    AtomicInteger sent = new AtomicInteger();
    try (Gateway gateway = Gateway.start(OPTIONS, ECHO);
        RawConnection connection = RawConnection.to(gateway)) {
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (sent.get() < requests) {
                        connection.send(request);
                        sent.incrementAndGet();
                      }
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      for (int i = 0; i < requests; i++) {
        assertThat(connection.read().body()).isEqualTo("/");
        assertThat((sent.get() - i) * request.length).isLessThan(slack);
      }
      sender.join();
    }
  }
}
