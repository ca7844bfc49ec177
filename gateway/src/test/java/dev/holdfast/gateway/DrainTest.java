// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.gateway.RawConnection.Ending;
import dev.holdfast.gateway.RawConnection.RawResponse;
import dev.holdfast.gateway.tls.TlsFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The graceful stop. */
class DrainTest {
  private static final GatewayOptions OPTIONS = GatewayOptions.defaults().withPort(0);

  private final CountDownLatch release = new CountDownLatch(1);

  @TempDir private Path folder;

  private Response waiting(Request request) throws InterruptedException {
    if (request.url().path().equals("/wait")) {
      release.await();
    }
    return Response.text("served " + request.body().text());
  }

  @Test
  void a_request_under_way_is_answered_as_the_last_of_its_connection() throws Exception {
    Gateway gateway = Gateway.start(OPTIONS, this::waiting);
    try (RawConnection busy = RawConnection.to(gateway);
        RawConnection uploading = RawConnection.to(gateway);
        RawConnection idle = RawConnection.to(gateway)) {
      assertThat(idle.sendHead("GET / HTTP/1.1").read().status()).isEqualTo(200);
      busy.sendHead("GET /wait HTTP/1.1");
      uploading.sendHead("POST / HTTP/1.1", "Transfer-Encoding: chunked").send("2\r\nbo\r\n");
      Awaitility.await().until(() -> gateway.serving() == 2);
      Thread stop = Thread.ofPlatform().start(gateway::close);
      assertThat(idle.readToEnd()).isEqualTo(new Ending("", false));
      assertThatThrownBy(() -> RawConnection.to(gateway)).isInstanceOf(IOException.class);
      uploading.send("2\r\ndy\r\n0\r\n\r\n");
      RawResponse uploaded = uploading.read();
      assertThat(uploaded.body()).isEqualTo("served body");
      assertThat(uploaded.header("connection")).hasValue("close");
      release.countDown();
      RawResponse response = busy.read();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.header("connection")).hasValue("close");
      assertThat(busy.readToEnd()).isEqualTo(new Ending("", false));
      stop.join();
    }
  }

  @Test
  void a_request_whose_short_body_is_still_on_its_way_is_answered() throws Exception {
    Gateway gateway = Gateway.start(OPTIONS.withEventLoops(1), this::waiting);
    try (RawConnection uploading = RawConnection.to(gateway);
        RawConnection other = RawConnection.to(gateway)) {
      uploading.sendHead("POST / HTTP/1.1", "Content-Length: 4").send("bo");
      for (int i = 0; i < 3; i++) { // then the one event loop has seen the head
        assertThat(other.sendHead("GET / HTTP/1.1").read().status()).isEqualTo(200);
      }
      Thread stop = Thread.ofPlatform().start(gateway::close);
      assertThat(other.readToEnd()).isEqualTo(new Ending("", false));
      uploading.send("dy");
      RawResponse uploaded = uploading.read();
      assertThat(uploaded.body()).isEqualTo("served body");
      assertThat(uploaded.header("connection")).hasValue("close");
      assertThat(uploading.readToEnd()).isEqualTo(new Ending("", false));
      stop.join();
    }
  }

  @Test
  void a_request_that_comes_during_the_stop_is_answered_whole_or_not_at_all() throws Exception {
    Gateway gateway = Gateway.start(OPTIONS, this::waiting);
    try (RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET /wait HTTP/1.1").sendHead("GET /second HTTP/1.1");
      Awaitility.await().until(() -> gateway.serving() == 1);
      Thread stop = Thread.ofPlatform().start(gateway::close);
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> RawConnection.to(gateway))
                      .isInstanceOf(IOException.class));
      connection.sendHead("GET /third HTTP/1.1");
      release.countDown();
      assertThat(connection.read().header("connection")).hasValue("close");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      stop.join();
    }
  }

  @Test
  void a_request_beyond_the_drain_limit_is_cut() throws Exception {
    Worker worker = this::waiting;
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withDrain(Duration.ofMillis(100)));
    Gateway gateway = Gateway.start(options, worker);
    try (RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET /wait HTTP/1.1");
      Awaitility.await().until(() -> gateway.serving() == 1);
      gateway.close();
      assertThat(connection.readToEnd().text()).isEmpty();
      release.countDown();
      Awaitility.await().until(() -> gateway.serving() == 0);
    }
  }

  @Test
  void an_answer_beyond_the_drain_limit_never_looks_complete() throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withDrain(Duration.ofMillis(100)));
    Gateway gateway =
        Gateway.start(
            options,
            _ ->
                Response.stream(
                    out -> {
                      out.write("begun".getBytes(StandardCharsets.US_ASCII));
                      out.flush();
                      awaitRelease();
                    }));
    try (RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET / HTTP/1.0");
      connection.readHead();
      assertThat(connection.readBytes(5)).asString(StandardCharsets.US_ASCII).isEqualTo("begun");

      gateway.close();

      assertThat(connection.readToEnd()).isEqualTo(new Ending("", true));
    } finally {
      release.countDown();
    }
  }

  private void awaitRelease() {
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_client_that_takes_nothing_is_cut_at_the_drain_limit(boolean tls) throws Exception {
    TestCertificate certificate = TestCertificate.create(folder, "localhost", "EC");
    TlsFiles files = new TlsFiles(folder.resolve("chain.pem"), folder.resolve("key.pem"));
    certificate.writeTo(files);
    byte[] large = new byte[32 << 20];
    GatewayOptions options =
        OPTIONS
            .withTimeouts(GatewayTimeouts.defaults().withDrain(Duration.ofMillis(500)))
            .withLimits(GatewayLimits.defaults().withBufferedResponseBytes(large.length));
    Gateway gateway =
        Gateway.start(tls ? options.withTls(files) : options, _ -> Response.bytes(large));
    try (RawConnection connection =
        tls
            ? RawConnection.to(gateway, certificate.trusting(), "TLSv1.3")
            : RawConnection.to(gateway)) {
      connection.sendHead("GET / HTTP/1.1", "Connection: close");
      Awaitility.await().until(() -> gateway.pendingResponseBytes() > 0);

      gateway.close();

      assertThat(gateway.connections()).isZero();
      Ending ending = connection.readToEnd();
      assertThat(ending.reset()).as("nothing is left that could still be sent").isTrue();
    }
  }
}
