// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.holdfast.ObjectResetException;
import dev.holdfast.Outcome;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.gateway.RawConnection.RawResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Client, worker and log know a request by the same id. */
class RequestIdTest {
  private static final String FIELD = "X-Request-Id";
  private static final String MADE = "[0-9a-f]{16}";
  private static final CountDownLatch END = new CountDownLatch(1);
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            GatewayOptions.defaults()
                .withPort(0)
                .withLimits(GatewayLimits.defaults().withHeaderBytes(1_000).withBodyBytes(10))
                .withTimeouts(
                    GatewayTimeouts.defaults()
                        .withHead(Duration.ofMillis(100))
                        .withAnswer(Duration.ofMillis(500))),
            RequestIdTest::answer);
  }

  private static Response answer(Request request) throws Exception {
    List<String> ids = request.headers().all(FIELD);
    return switch (request.url().segment(0)) {
      case "own" -> Response.text(ids).withHeader("x-request-ID", "mine");
      case "defect" -> throw new IllegalStateException("a defect");
      case "reset" -> throw new ObjectResetException("reset", Outcome.UNKNOWN, null);
      case "slow" -> {
        END.await();
        yield Response.status(204);
      }
      case "stream" -> Response.stream(out -> out.write(new byte[100_000]));
      case "empty" -> Response.status(204);
      default -> Response.text(String.join(",", ids));
    };
  }

  @AfterAll
  static void stop() {
    END.countDown();
    gateway.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "0", ".", "AZ.az_09-", "x128"})
  void the_id_that_a_client_gives_is_kept(String given) throws IOException {
    String id = given.equals("x128") ? "x".repeat(128) : given;
    RawResponse response = ask("GET / HTTP/1.1", "x-request-id: " + id);
    assertThat(response.headers(FIELD)).containsExactly(id);
    assertThat(response.body()).isEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a/b", "a\u00e9", "<a>", "a%0d%0ab", "x129"})
  void an_id_that_is_none_is_replaced(String given) throws IOException {
    String id = given.equals("x129") ? "x".repeat(129) : given;
    RawResponse response = ask("GET / HTTP/1.1", "X-Request-Id: " + id);
    assertThat(response.headers(FIELD)).hasSize(1);
    assertThat(response.header(FIELD).orElseThrow()).matches(MADE);
    assertThat(response.headers(FIELD)).containsExactly(response.body());
  }

  @Test
  void of_several_ids_the_first_is_kept() throws IOException {
    RawResponse response = ask("GET / HTTP/1.1", "X-Request-Id: a", "X-Request-Id: b");
    assertThat(response.headers(FIELD)).containsExactly("a");
    assertThat(response.body()).isEqualTo("a");
  }

  @Test
  void every_request_has_an_id_of_its_own() throws IOException {
    Set<String> ids = new HashSet<>();
    try (RawConnection connection = RawConnection.to(gateway)) {
      for (int i = 0; i < 100; i++) {
        RawResponse response = connection.sendHead("GET / HTTP/1.1").read();
        assertThat(response.headers(FIELD)).containsExactly(response.body());
        ids.add(response.body());
      }
    }
    assertThat(ids).hasSize(100).allMatch(id -> id.matches(MADE));
  }

  @Test
  void a_worker_may_say_another() throws IOException {
    assertThat(ask("GET /own HTTP/1.1", "X-Request-Id: a").headers(FIELD)).containsExactly("mine");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "200 GET /stream HTTP/1.1",
        "204 GET /empty HTTP/1.1",
        "400 GET / HTTP/1.1~Sec-WebSocket-Key1: 1",
        "400 GET /%ff HTTP/1.1",
        "413 POST / HTTP/1.1~Content-Length: 11",
        "417 POST / HTTP/1.1~Content-Length: 1~Expect: more",
        "500 GET /defect HTTP/1.1",
        "503 GET /reset HTTP/1.1"
      })
  void every_answer_names_it(String statusAndHead) throws IOException {
    String[] head = (statusAndHead.substring(4) + "~X-Request-Id: a.1").split("~", -1);
    RawResponse response = ask(head);
    assertThat(response.status()).isEqualTo(Integer.parseInt(statusAndHead.substring(0, 3)));
    assertThat(response.headers(FIELD)).containsExactly("a.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "400 GET / HTTP/1.1 x~",
        "408 GET / HTTP/1.1~",
        "414 GET /9000 HTTP/1.1~",
        "431 GET / HTTP/1.1~A: 2000~",
        "505 GET / HTTP/2.0~"
      })
  void an_answer_to_a_head_that_cannot_be_read_has_one_too(String statusAndHead)
      throws IOException {
    String head =
        statusAndHead
            .substring(4)
            .replace("9000", "a".repeat(9_000))
            .replace("2000", "a".repeat(2_000))
            .replace("~", "\r\n");
    try (RawConnection connection = RawConnection.to(gateway)) {
      RawResponse response = connection.send(head).read();
      assertThat(response.status()).isEqualTo(Integer.parseInt(statusAndHead.substring(0, 3)));
      assertThat(response.headers(FIELD)).hasSize(1).allMatch(id -> id.matches(MADE));
    }
  }

  @Test
  void the_opening_of_a_socket_names_it() throws IOException {
    try (Gateway room = Gateway.start(GatewayOptions.defaults().withPort(0), new Room());
        FrameClient client = FrameClient.to(room, "X-Request-Id: a.2")) {
      assertThat(client.response.headers(FIELD)).containsExactly("a.2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"defect", "reset", "slow"})
  void the_log_names_it(String path) throws IOException {
    try (LogRecord log = new LogRecord()) {
      RawResponse response = ask("GET /" + path + " HTTP/1.1", "X-Request-Id: in-the-log." + path);
      assertThat(response.status()).isGreaterThanOrEqualTo(500);
      assertThat(response.headers(FIELD)).containsExactly("in-the-log." + path);
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(log.events())
                      .extracting(ILoggingEvent::getFormattedMessage)
                      .anyMatch(
                          text ->
                              text.startsWith(
                                  "GET /%s (request in-the-log.%s)".formatted(path, path))));
    }
  }

  @Test
  void the_log_names_it_when_the_connection_is_cut() throws IOException {
    GatewayOptions options =
        GatewayOptions.defaults()
            .withPort(0)
            .withTimeouts(GatewayTimeouts.defaults().withSend(Duration.ofMillis(200)));
    byte[] large = new byte[64 << 20];
    try (LogRecord log = new LogRecord(ClientConnection.class);
        Gateway other = Gateway.start(options, _ -> Response.bytes(large));
        RawConnection connection = RawConnection.to(other)) {
      connection.sendHead("GET /large HTTP/1.1", "X-Request-Id: cut");
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(log.events())
                      .extracting(ILoggingEvent::getFormattedMessage)
                      .anyMatch(
                          text ->
                              text.matches(
                                  "connection of .*, GET /large \\(request cut\\) reset: the client"
                                      + " took no byte .*")));
    }
  }

  private static RawResponse ask(String... head) throws IOException {
    try (RawConnection connection = RawConnection.to(gateway)) {
      return connection.sendHead(head).read();
    }
  }
}
