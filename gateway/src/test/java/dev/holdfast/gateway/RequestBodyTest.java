// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.gateway.RawConnection.Ending;
import dev.holdfast.gateway.RawConnection.RawResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Request bodies that are long, slow, broken or not wanted. */
class RequestBodyTest {
  private static final int LONG = 200_000;
  private static final GatewayOptions OPTIONS = GatewayOptions.defaults().withPort(0);

  @Test
  void a_declared_body_beyond_the_limit_is_answered_413_unread() throws Exception {
    try (Gateway gateway = Gateway.start(withBodyBytes(1_000), _ -> Response.text("served"));
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Content-Length: 1001");
      RawResponse response = connection.read();
      assertThat(response.status()).isEqualTo(413);
      assertThat(response.body()).contains("limit of 1000 bytes");
      assertThat(response.header("connection")).hasValue("close");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void the_answer_413_arrives_although_the_client_sends_on() throws Exception {
    try (Gateway gateway = Gateway.start(withBodyBytes(1_000), _ -> Response.text("served"));
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Content-Length: 3000000");
      connection.send(new byte[3_000_000]);
      assertThat(connection.read().status()).isEqualTo(413);
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void a_chunked_body_beyond_the_limit_fails_its_reader_and_is_answered_413() throws Exception {
    CompletableFuture<String> error = new CompletableFuture<>();
    Worker worker =
        request -> {
          try (InputStream in = request.body().stream()) {
            in.transferTo(OutputStream.nullOutputStream());
            return Response.text("served");
          } catch (IOException e) {
            error.complete(String.valueOf(e.getMessage()));
            throw new IllegalStateException("wrapped", e);
          }
        };
    try (Gateway gateway = Gateway.start(withBodyBytes(20_000), worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Transfer-Encoding: chunked");
      connection.send("4e20\r\n").send(new byte[20_000]).send("\r\n1\r\na\r\n");
      RawResponse response = connection.read();
      assertThat(response.status()).isEqualTo(413);
      assertThat(response.body()).contains("limit of 20000 bytes");
      assertThat(error.join()).contains("limit of 20000 bytes");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void a_worker_may_answer_for_a_body_beyond_the_limit_itself() throws Exception {
    Worker worker =
        request -> {
          try {
            return Response.text(request.body().bytes().length);
          } catch (RuntimeException e) {
            return Response.text("too long for me").withStatus(400);
          }
        };
    try (Gateway gateway = Gateway.start(withBodyBytes(10), worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Transfer-Encoding: chunked");
      connection.send("b\r\n12345678901\r\n0\r\n\r\n");
      RawResponse response = connection.read();
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).isEqualTo("too long for me");
      assertThat(response.header("connection")).hasValue("close");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void continue_is_sent_when_the_worker_reads() throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, r -> Response.text(r.body().text()));
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Content-Length: 4", "Expect: 100-continue");
      assertThat(connection.read().status()).isEqualTo(100);
      assertThat(connection.send("body").read().body()).isEqualTo("body");
      assertThat(connection.sendHead("GET / HTTP/1.1").read().status()).isEqualTo(200);
    }
  }

  @Test
  void continue_is_not_sent_when_the_worker_does_not_read() throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, _ -> Response.status(401));
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Content-Length: 4", "Expect: 100-continue");
      RawResponse response = connection.read();
      assertThat(response.status()).isEqualTo(401);
      assertThat(response.header("connection")).hasValue("close");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void continue_is_not_sent_after_the_answer() throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withAnswer(Duration.ofMillis(100)));
    CountDownLatch answered = new CountDownLatch(1);
    CompletableFuture<String> error = new CompletableFuture<>();
    Worker worker =
        request -> {
          answered.await();
          try {
            return Response.text(request.body().text());
          } catch (RuntimeException e) {
            error.complete(String.valueOf(e.getMessage()));
            throw e;
          }
        };
    try (Gateway gateway = Gateway.start(options, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Content-Length: 4", "Expect: 100-continue");
      assertThat(connection.read().status()).isEqualTo(504);
      answered.countDown();
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      assertThat(error.join()).contains("the request is answered");
    }
  }

  @Test
  void a_reader_is_woken_when_the_request_is_answered_without_it() throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withBody(Duration.ofHours(1)));
    CompletableFuture<Throwable> error = new CompletableFuture<>();
    Worker worker =
        request -> {
          InputStream in = request.body().stream();
          assertThat(in.read()).isEqualTo('a');
          CountDownLatch reading = new CountDownLatch(1);
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      reading.countDown();
                      in.read();
                    } catch (IOException e) {
                      error.complete(e);
                    }
                  });
          reading.await();
          return Response.text("answered");
        };
    try (Gateway gateway = Gateway.start(options, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Transfer-Encoding: chunked").send("1\r\na\r\n");
      assertThat(connection.read().body()).isEqualTo("answered");
      assertThat(error.join()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void a_short_unread_rest_is_dropped_and_the_connection_kept() throws Exception {
    try (Gateway gateway =
            Gateway.start(OPTIONS, r -> Response.text(firstByte(r.body().stream())));
        RawConnection connection = RawConnection.to(gateway)) {
      for (int i = 0; i < 3; i++) {
        connection.sendHead("POST / HTTP/1.1", "Content-Length: 50000");
        connection.send("a" + "b".repeat(49_999));
        RawResponse response = connection.read();
        assertThat(response.body()).isEqualTo("97");
        assertThat(response.header("connection")).isEmpty();
      }
    }
  }

  @Test
  void a_long_unread_rest_closes_the_connection_after_the_answer() throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, _ -> Response.text("enough"));
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Content-Length: " + LONG);
      connection.send(new byte[LONG]);
      RawResponse response = connection.read();
      assertThat(response.body()).isEqualTo("enough");
      assertThat(response.header("connection")).hasValue("close");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @ParameterizedTest
  @CsvSource({"Content-Length: 10, short", "Content-Length: 90000, long"})
  void a_client_that_vanishes_midway_harms_nobody(String length, String name) throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    Worker worker =
        request -> {
          if (request.method().equals("POST")) {
            try {
              seen.complete("read " + request.body().bytes().length);
            } catch (RuntimeException e) {
              seen.complete(String.valueOf(e.getMessage()));
            }
          }
          return Response.text("fine");
        };
    try (Gateway gateway = Gateway.start(OPTIONS, worker)) {
      try (RawConnection connection = RawConnection.to(gateway)) {
        connection.sendHead("POST / HTTP/1.1", length).send("begun");
      }
      if (name.equals("long")) {
        assertThat(seen.join()).contains("closed the connection before the end of the body");
      }
      Awaitility.await().until(() -> gateway.serving() == 0);
      try (RawConnection other = RawConnection.to(gateway)) {
        assertThat(other.sendHead("GET / HTTP/1.1").read().body()).isEqualTo("fine");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x\r\n",
        "-1\r\n",
        "\r\n",
        "1\nab",
        "1\r\nab\r\n",
        "1\r\nab0\r\n\r\n",
        "100000000\r\n",
        "ffffffffffffffffff\r\n",
        "0\r\nbad trailer\r\n\r\n",
        "0\r\n: v\r\n\r\n",
        "0\r\nT : v\r\n\r\n",
        "+1\r\na\r\n",
        "0x1\r\na\r\n",
        "1 1\r\na\r\n",
        "1 \r\na\r\n",
        " 1\r\na\r\n",
        "1\t\r\na\r\n",
        "1;a\nb\r\na\r\n",
        "1;a\rb\r\na\r\n",
        "1\r\naX\r\n",
        "1\r\na\n0\r\n\r\n",
        "1\r\na\rX0\r\n\r\n",
      })
  void a_malformed_chunk_is_answered_400(String chunk) throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, r -> Response.text(r.body().text()));
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Transfer-Encoding: chunked");
      connection.send("1\r\na\r\n" + chunk + "GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
      RawResponse response = connection.read();
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).contains("malformed");
      assertThat(connection.readToEnd().text()).isEmpty();
      Awaitility.await().until(() -> gateway.serving() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10, LONG})
  void a_body_that_stops_coming_is_answered_408(int length) throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withBody(Duration.ofMillis(200)));
    try (Gateway gateway = Gateway.start(options, r -> Response.text(r.body().text()));
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Content-Length: " + length).send("begun");
      RawResponse response = connection.read();
      assertThat(response.status()).isEqualTo(408);
      assertThat(response.body()).contains("200 ms");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      Awaitility.await().until(() -> gateway.serving() == 0);
    }
  }

  @Test
  void the_rest_of_an_answered_body_is_not_waited_for_forever() throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withBody(Duration.ofMillis(200)));
    try (Gateway gateway = Gateway.start(options, _ -> Response.text("answered"));
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Content-Length: 20000").send("begun");
      assertThat(connection.read().body()).isEqualTo("answered");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void a_slow_reader_slows_the_client_down() throws Exception {
    long length = 64L << 20;
    long slack = 48L << 20; // the sockets' own buffers
    AtomicLong sent = new AtomicLong();
    AtomicLong mostAhead = new AtomicLong();
    CountDownLatch underWay = new CountDownLatch(1);
    Worker worker =
        request -> {
          underWay.await();
          long read = 0;
          try (InputStream in = request.body().stream()) {
            byte[] piece = new byte[1 << 16];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
              read += n;
              long ahead = sent.get() - read;
              mostAhead.accumulateAndGet(ahead, Math::max);
            }
          }
          return Response.text(read);
        };
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", "Content-Length: " + length);
      Thread sender =
          Thread.ofPlatform()
              .start(
                  () -> {
                    byte[] piece = new byte[1 << 16];
                    try {
                      while (sent.get() < length) {
                        connection.send(piece);
                        sent.addAndGet(piece.length);
                        underWay.countDown();
                      }
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      assertThat(connection.read().body()).isEqualTo(String.valueOf(length));
      sender.join();
      assertThat(mostAhead.get()).isLessThan(slack);
    }
  }

  private static int firstByte(InputStream stream) throws IOException {
    try (stream) {
      return stream.read();
    }
  }

  private static GatewayOptions withBodyBytes(long bytes) {
    return OPTIONS.withLimits(GatewayLimits.defaults().withBodyBytes(bytes));
  }
}
