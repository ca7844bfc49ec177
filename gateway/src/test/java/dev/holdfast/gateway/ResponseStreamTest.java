// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Response;
import dev.holdfast.Worker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Responses whose client is slow or gone. */
class ResponseStreamTest {
  private static final GatewayOptions OPTIONS = GatewayOptions.defaults().withPort(0);

  @Test
  void a_slow_client_slows_the_writer_down() throws Exception {
    long length = 64L << 20;
    long slack = 48L << 20; // the sockets' own buffers
    AtomicLong written = new AtomicLong();
    Worker worker =
        _ ->
            Response.stream(
                out -> {
                  byte[] piece = new byte[1 << 16];
                  while (written.get() < length) {
                    out.write(piece);
                    written.addAndGet(piece.length);
                  }
                });
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET / HTTP/1.1").readHead();
      long read = 0;
      for (byte[] chunk = connection.readChunk();
          chunk.length > 0;
          chunk = connection.readChunk()) {
        read += chunk.length;
        assertThat(written.get() - read).isLessThan(slack);
      }
      assertThat(read).isEqualTo(length);
    }
  }

  @Test
  void a_client_that_takes_nothing_is_cut() throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withSend(Duration.ofMillis(200)));
    CompletableFuture<String> error = new CompletableFuture<>();
    try (Gateway gateway = Gateway.start(options, endless(error));
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET / HTTP/1.1");
      assertThat(error.join()).contains("took no byte of the response within 200 ms");
      Awaitility.await().until(() -> gateway.serving() == 0);
      assertThat(connection.readToEnd().reset()).isTrue();
    }
  }

  @Test
  void a_client_that_takes_nothing_of_a_whole_response_is_cut() throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withSend(Duration.ofMillis(200)));
    byte[] large = new byte[64 << 20];
    try (Gateway gateway = Gateway.start(options, _ -> Response.bytes(large));
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET / HTTP/1.1");
      // Only a connection that is closed refuses what is sent; a reset has no other sign here.
      Awaitility.await()
          .ignoreExceptions()
          .until(
              () -> {
                try {
                  connection.send("x");
                  return false;
                } catch (IOException e) {
                  return true;
                }
              });
    }
  }

  @Test
  void a_client_that_is_gone_fails_the_writer() throws Exception {
    CompletableFuture<String> error = new CompletableFuture<>();
    try (Gateway gateway = Gateway.start(OPTIONS, endless(error))) {
      try (RawConnection connection = RawConnection.to(gateway)) {
        assertThat(connection.sendHead("GET / HTTP/1.1").readHead().status()).isEqualTo(200);
      }
      assertThat(error.join()).contains("closed the connection");
      Awaitility.await().until(() -> gateway.serving() == 0);
    }
  }

  private static Worker endless(CompletableFuture<String> error) {
    return _ ->
        Response.stream(
            out -> {
              byte[] piece = new byte[1 << 16];
              try {
                while (true) {
                  out.write(piece);
                }
              } catch (IOException e) {
                error.complete(String.valueOf(e.getMessage()));
                throw e;
              }
            });
  }
}
