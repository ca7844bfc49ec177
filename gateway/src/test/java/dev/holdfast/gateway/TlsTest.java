// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.holdfast.Body;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.WebSocketClose;
import dev.holdfast.Worker;
import dev.holdfast.gateway.RawConnection.Ending;
import dev.holdfast.gateway.RawConnection.RawResponse;
import dev.holdfast.gateway.tls.TlsFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections with TLS begin, carry and end as they do without it. */
class TlsTest {
  private static final String TLS_12 = "TLSv1.2";
  private static final String TLS_13 = "TLSv1.3";

  /** For a limit that runs during the handshake too and is not to end that. */
  private static final Duration BEYOND_A_HANDSHAKE = Duration.ofSeconds(5);

  private static TestCertificate certificate;
  private static TestCertificate other;
  private static SSLContext client;

  @TempDir private Path folder;
  private TlsFiles files;
  private GatewayOptions options;

  @BeforeAll
  static void makeCertificates(@TempDir Path keys) throws Exception {
    certificate = TestCertificate.create(keys, "first", "EC");
    other = TestCertificate.create(keys, "second", "RSA");
    client = certificate.trusting();
  }

  @BeforeEach
  void writeFiles() throws IOException {
    files = new TlsFiles(folder.resolve("chain.pem"), folder.resolve("key.pem"));
    certificate.writeTo(files);
    options = GatewayOptions.defaults().withPort(0).withTls(files);
  }

  @Test
  void an_ordinary_client_is_served() throws Exception {
    byte[] sent = new byte[3_000_000];
    new Random(1).nextBytes(sent);
    Worker echo = request -> new Response(200, request.headers(), request.body());
    try (Gateway gateway = Gateway.start(options, echo);
        HttpClient https = HttpClient.newBuilder().sslContext(client).build()) {
      URI uri = URI.create("https://localhost:" + gateway.port() + "/");
      for (int i = 0; i < 3; i++) {
        HttpResponse<byte[]> response =
            https.send(
                HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(sent)).build(),
                BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(Arrays.equals(response.body(), sent)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_12, TLS_13})
  void a_worker_sees_that_the_request_came_with_tls(String version) throws Exception {
    try (Gateway gateway = start(request -> Response.text(request.url()));
        RawConnection connection = RawConnection.to(gateway, client, version)) {
      assertThat(connection.sendHead("GET /a HTTP/1.1").read().body()).isEqualTo("https://h/a");
      assertThat(connection.sendHead("GET https://x/a HTTP/1.1").read().body())
          .isEqualTo("https://x/a");
      assertThat(((SSLSocket) connection.socket()).getSession().getProtocol()).isEqualTo(version);
    }
  }

  @Test
  void a_client_that_does_not_trust_the_certificate_does_no_harm() throws Exception {
    try (Gateway gateway = start(_ -> Response.text("served"))) {
      try (RawConnection stranger = RawConnection.to(gateway, other.trusting(), TLS_13)) {
        assertThatThrownBy(() -> stranger.sendHead("GET / HTTP/1.1"))
            .isInstanceOf(IOException.class);
      }
      noConnectionIsLeft(gateway);
      assertThat(get(gateway)).isEqualTo("served");
    }
  }

  @Test
  void a_client_that_asks_for_another_handshake_is_disconnected() throws Exception {
    try (Gateway gateway = start(_ -> Response.text("served"));
        RawConnection connection = RawConnection.to(gateway, client, TLS_12)) {
      assertThat(connection.sendHead("GET / HTTP/1.1").read().body()).isEqualTo("served");
      ((SSLSocket) connection.socket()).startHandshake();
      assertThat(connection.readToEnd().reset()).isTrue();
      noConnectionIsLeft(gateway);
      assertThat(get(gateway)).isEqualTo("served");
    }
  }

  // ---------------------------------------------------------------- who does not speak it

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "POST", "G"})
  void a_client_without_tls_is_told(String sent) throws Exception {
    try (Gateway gateway = start(_ -> Response.text("not for it"));
        RawConnection connection = RawConnection.to(gateway)) {
      RawResponse response = connection.send(sent).read();
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).isEqualTo("this port speaks TLS: ask for https, not http\n");
      connection.send("more of it");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      noConnectionIsLeft(gateway);
    }
  }

  @Test
  void what_is_neither_is_disconnected() throws Exception {
    try (Gateway gateway = start(_ -> Response.text("not for it"));
        RawConnection connection = RawConnection.to(gateway)) {
      connection.send(new byte[] {0, 1, 2, 3, 4, 5, 6, 7});
      assertThat(connection.readToEnd().text()).isEmpty();
      noConnectionIsLeft(gateway);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\u0016\u0003\u0001\u0002\u0000\u0001"})
  void a_handshake_takes_no_longer_than_a_head_may(String begun) throws Exception {
    options = options.withTimeouts(GatewayTimeouts.defaults().withHead(Duration.ofMillis(100)));
    try (Gateway gateway = start(_ -> Response.text(""));
        RawConnection connection = RawConnection.to(gateway)) {
      connection.send(begun);
      connection.readToEnd();
      noConnectionIsLeft(gateway);
    }
  }

  @Test
  void a_connection_counts_from_its_handshake_on() throws Exception {
    options = options.withLimits(GatewayLimits.defaults().withConnections(1));
    try (Gateway gateway = start(_ -> Response.text("served"))) {
      try (RawConnection silent = RawConnection.to(gateway)) {
        Awaitility.await().until(() -> gateway.connections() == 1);
        try (RawConnection second = RawConnection.to(gateway)) {
          assertThat(second.readToEnd().text()).isEmpty();
        }
        assertThat(silent.below().isClosed()).isFalse();
      }
      noConnectionIsLeft(gateway);
      assertThat(get(gateway)).isEqualTo("served");
    }
  }

  @Test
  void a_gateway_that_stops_does_not_wait_for_handshakes() throws Exception {
    Gateway gateway = start(_ -> Response.text(""));
    try (RawConnection silent = RawConnection.to(gateway)) {
      Awaitility.await().until(() -> gateway.connections() == 1);
      gateway.close();
      assertThat(silent.readToEnd().text()).isEmpty();
    }
  }

  // ---------------------------------------------------------------- ends

  @ParameterizedTest
  @ValueSource(strings = {TLS_12, TLS_13})
  void the_last_answer_comes_whole_before_the_end(String version) throws Exception {
    String text = "x".repeat(2_000_000);
    try (Gateway gateway = start(_ -> Response.text(text));
        RawConnection connection = RawConnection.to(gateway, client, version)) {
      connection.sendHead("GET / HTTP/1.1", "Connection: close");
      connection.send("GET /unread HTTP/1.1\r\n");
      assertThat(connection.read().body()).hasSize(2_000_000);
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      noConnectionIsLeft(gateway);
    }
  }

  /** Nothing but the end of the connection says where such an answer ends. */
  @Test
  void an_answer_to_http_1_0_ends_with_the_end_of_tls() throws Exception {
    Worker worker =
        _ ->
            Response.stream(
                out -> out.write("x".repeat(100_000).getBytes(StandardCharsets.US_ASCII)));
    try (Gateway gateway = start(worker);
        RawConnection connection = RawConnection.to(gateway, client, TLS_13)) {
      connection.sendHead("GET / HTTP/1.0").readHead();
      assertThat(connection.readToEnd()).isEqualTo(new Ending("x".repeat(100_000), false));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_12, TLS_13})
  void an_answer_that_breaks_off_never_looks_complete(String version) throws Exception {
    Worker worker =
        _ ->
            Response.stream(
                out -> {
                  out.write("begun".getBytes(StandardCharsets.US_ASCII));
                  out.flush();
                  throw new IOException("broken");
                });
    try (Gateway gateway = start(worker);
        RawConnection connection = RawConnection.to(gateway, client, version)) {
      connection.sendHead("GET / HTTP/1.0");
      assertThat(connection.readToEnd().reset()).isTrue();
      noConnectionIsLeft(gateway);
    }
  }

  @Test
  void a_client_that_ends_tls_after_its_request_is_answered() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (Gateway gateway = start(held(ended));
        RawConnection connection = RawConnection.to(gateway, client, TLS_13)) {
      connection.sendHead("GET / HTTP/1.1");
      connection.socket().shutdownOutput();
      ended.countDown();
      assertThat(connection.read().body()).isEqualTo("answer");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      noConnectionIsLeft(gateway);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_12, TLS_13})
  void a_client_that_ends_its_stream_below_tls_is_answered(String version) throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (Gateway gateway = start(held(ended));
        RawConnection connection = RawConnection.to(gateway, client, version)) {
      connection.sendHead("GET / HTTP/1.1");
      connection.below().shutdownOutput();
      ended.countDown();
      assertThat(connection.read().body()).isEqualTo("answer");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      noConnectionIsLeft(gateway);
    }
  }

  @Test
  void a_client_that_says_the_end_and_asked_for_nothing_is_disconnected() throws Exception {
    try (Gateway gateway = start(_ -> Response.text("served"));
        RawConnection connection = RawConnection.to(gateway, client, TLS_13)) {
      assertThat(connection.sendHead("GET / HTTP/1.1").read().body()).isEqualTo("served");
      connection.socket().shutdownOutput();
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      noConnectionIsLeft(gateway);
    }
  }

  @Test
  void a_slow_head_is_answered_within_tls() throws Exception {
    options = options.withTimeouts(GatewayTimeouts.defaults().withHead(BEYOND_A_HANDSHAKE));
    try (Gateway gateway = start(_ -> Response.text(""));
        RawConnection connection = RawConnection.to(gateway, client, TLS_13)) {
      connection.send("GET / HTT");
      assertThat(connection.read().status()).isEqualTo(408);
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void an_idle_connection_ends_in_order() throws Exception {
    options = options.withTimeouts(GatewayTimeouts.defaults().withIdle(BEYOND_A_HANDSHAKE));
    try (Gateway gateway = start(_ -> Response.text("served"));
        RawConnection connection = RawConnection.to(gateway, client, TLS_13)) {
      assertThat(connection.sendHead("GET / HTTP/1.1").read().body()).isEqualTo("served");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      noConnectionIsLeft(gateway);
    }
  }

  @Test
  void a_client_that_takes_nothing_is_cut() throws Exception {
    options = options.withTimeouts(GatewayTimeouts.defaults().withSend(Duration.ofMillis(300)));
    Worker endless =
        _ ->
            Response.stream(
                out -> {
                  while (true) {
                    out.write(new byte[10_000]);
                  }
                });
    try (Gateway gateway = start(endless);
        RawConnection connection = RawConnection.to(gateway, client, TLS_13)) {
      connection.sendHead("GET / HTTP/1.1");
      noConnectionIsLeft(gateway);
    }
  }

  @Test
  void a_gateway_that_stops_answers_what_it_began() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch stopping = new CountDownLatch(1);
    Worker worker =
        _ -> {
          begun.countDown();
          stopping.await();
          return Response.text("answer");
        };
    Gateway gateway = start(worker);
    try (RawConnection connection = RawConnection.to(gateway, client, TLS_13)) {
      connection.sendHead("GET / HTTP/1.1");
      begun.await();
      Thread stop = Thread.startVirtualThread(gateway::close);
      stopping.countDown();
      assertThat(connection.read().body()).isEqualTo("answer");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      stop.join();
    }
  }

  // ---------------------------------------------------------------- sockets

  @ParameterizedTest
  @ValueSource(strings = {TLS_12, TLS_13})
  void a_socket_works_over_tls(String version) throws Exception {
    Room room = new Room();
    try (Gateway gateway = start(room);
        FrameClient socket = FrameClient.over(RawConnection.to(gateway, client, version))) {
      assertThat(socket.text("hello").read().text()).isEqualTo("hello");
      assertThat(socket.binary(new byte[500_000]).read().payload()).hasSize(500_000);
      socket.close(1000, "bye");
      assertThat(socket.read().closing()).isEqualTo("1000 ");
      assertThat(socket.connection.readToEnd()).isEqualTo(new Ending("", false));
      Awaitility.await().until(() -> room.closes.size() == 1);
    }
  }

  @Test
  void a_socket_whose_client_ends_its_stream_is_told_closed() throws Exception {
    Room room = new Room();
    try (Gateway gateway = start(room);
        FrameClient socket = FrameClient.over(RawConnection.to(gateway, client, TLS_13))) {
      assertThat(socket.text("hello").read().text()).isEqualTo("hello");
      socket.connection.socket().shutdownOutput();
      Awaitility.await().until(() -> room.closes.size() == 1);
      noConnectionIsLeft(gateway);
    }
  }

  @Test
  void a_socket_whose_encryption_breaks_is_told_lost_and_nobody_else_is() throws Exception {
    Room room = new Room();
    try (Gateway gateway = start(room);
        LogRecord log = new LogRecord();
        FrameClient broken = FrameClient.over(RawConnection.to(gateway, client, TLS_13));
        FrameClient other = FrameClient.over(RawConnection.to(gateway, client, TLS_13))) {
      assertThat(broken.text("hello").read().text()).isEqualTo("hello");
      byte[] record = {23, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0};
      broken.connection.below().getOutputStream().write(record);
      Awaitility.await().until(() -> gateway.connections() == 1 && !room.closes.isEmpty());
      assertThat(room.closes).extracting(WebSocketClose::code).containsExactly(1006);
      assertThat(other.text("still here").read().text()).isEqualTo("still here");
      assertThat(log.events()).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN));
    }
  }

  // ---------------------------------------------------------------- renewal

  @Test
  void a_renewed_certificate_is_for_the_connections_that_come() throws Exception {
    try (Gateway gateway = start(_ -> Response.text("served"));
        RawConnection before = RawConnection.to(gateway, client, TLS_13)) {
      assertThat(before.sendHead("GET / HTTP/1.1").read().body()).isEqualTo("served");
      other.writeTo(files);
      gateway.renewCertificate().await();

      try (RawConnection after = RawConnection.to(gateway, other.trusting(), TLS_13)) {
        assertThat(after.sendHead("GET / HTTP/1.1").read().body()).isEqualTo("served");
        assertThat(((SSLSocket) after.socket()).getSession().getPeerCertificates())
            .containsExactly(other.x509());
      }
      assertThat(before.sendHead("GET / HTTP/1.1").read().body()).isEqualTo("served");
    }
  }

  @Test
  void a_renewal_that_cannot_be_used_changes_nothing_and_is_logged_once() throws Exception {
    try (Gateway gateway = start(_ -> Response.text("served"));
        LogRecord log = new LogRecord()) {
      Files.writeString(files.certificate(), other.certificate());
      gateway.renewCertificate().await();
      gateway.renewCertificate().await();

      assertThat(get(gateway)).isEqualTo("served");
      assertThat(log.events().stream().filter(event -> event.getLevel() == Level.WARN))
          .singleElement()
          .extracting(Object::toString)
          .asString()
          .contains(files.key() + ": expected the RSA key of the certificate");

      Files.writeString(files.key(), other.key());
      gateway.renewCertificate().await();
      try (RawConnection after = RawConnection.to(gateway, other.trusting(), TLS_13)) {
        assertThat(after.sendHead("GET / HTTP/1.1").read().body()).isEqualTo("served");
      }
    }
  }

  @Test
  void a_gateway_without_a_certificate_that_can_be_used_does_not_start() throws IOException {
    Files.delete(files.key());
    assertThatThrownBy(() -> start(_ -> Response.text("")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(files.key() + ": not found; name a file that exists");
  }

  private Gateway start(Worker worker) {
    return Gateway.start(options, worker);
  }

  /** Answers when the latch is open. */
  private static Worker held(CountDownLatch latch) {
    return (Request _) -> {
      latch.await();
      return new Response(200, Response.text("").headers(), Body.of("answer"));
    };
  }

  private static String get(Gateway gateway) throws IOException {
    try (RawConnection connection = RawConnection.to(gateway, client, TLS_13)) {
      return connection.sendHead("GET / HTTP/1.1").read().body();
    }
  }

  private static void noConnectionIsLeft(Gateway gateway) {
    Awaitility.await().until(() -> gateway.connections() == 0);
  }
}
