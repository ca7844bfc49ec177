// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.gateway.RawConnection.Ending;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send requests ahead and are slow to take the answers. */
class PipelineTest {
  /** More than sockets hold. */
  private static final int LARGE_BYTES = 32 << 20;

  private static final int SMALL_BYTES = 16 << 10;

  /**
   * One event loop, so that an answer on another connection shows what it has done for the first.
   */
  private static final GatewayOptions OPTIONS =
      GatewayOptions.defaults()
          .withPort(0)
          .withEventLoops(1)
          .withLimits(GatewayLimits.defaults().withBufferedResponseBytes(LARGE_BYTES));

  private final AtomicInteger posted = new AtomicInteger();
  private final byte[] large = new byte[LARGE_BYTES];
  private final Worker worker =
      request ->
          switch (request.url().path()) {
            case "/large" -> Response.bytes(large);
            case "/small" -> Response.bytes(new byte[SMALL_BYTES]);
            case "/post" -> {
              posted.incrementAndGet();
              yield Response.text(request.body().text());
            }
            default -> Response.text("");
          };

  private static void awaitLoop(Gateway gateway) throws Exception {
    try (RawConnection other = RawConnection.to(gateway)) {
      for (int i = 0; i < 3; i++) {
        assertThat(other.sendHead("GET / HTTP/1.1").read().status()).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, SMALL_BYTES + 1, 200_000})
  void a_request_waits_while_its_client_leaves_the_answer_before_it_untaken(int length)
      throws Exception {
    String body = "x".repeat(length);
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET /large HTTP/1.1");
      connection.sendHead("POST /post HTTP/1.1", "Content-Length: " + length).send(body);
      connection.sendHead("GET / HTTP/1.1");
      assertThat(connection.readHead().status()).isEqualTo(200);
      awaitLoop(gateway);
      assertThat(posted).hasValue(0);
      connection.readBytes(LARGE_BYTES);
      assertThat(connection.read().body()).isEqualTo(body);
      assertThat(connection.read().status()).isEqualTo(200);
      assertThat(connection.sendHead("GET / HTTP/1.1").read().status()).isEqualTo(200);
    }
  }

  @Test
  void a_request_that_waited_is_answered_also_if_its_client_has_ended_its_stream()
      throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET /large HTTP/1.1");
      connection.sendHead("POST /post HTTP/1.1", "Content-Length: 2").send("ab");
      connection.socket().shutdownOutput();
      assertThat(connection.readHead().status()).isEqualTo(200);
      awaitLoop(gateway);
      connection.readBytes(LARGE_BYTES);
      assertThat(connection.read().body()).isEqualTo("ab");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @Test
  void a_request_that_waited_is_given_up_if_its_client_has_ended_its_stream_within_it()
      throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET /large HTTP/1.1");
      connection.sendHead("POST /post HTTP/1.1", "Content-Length: 5").send("ab");
      connection.socket().shutdownOutput();
      assertThat(connection.readHead().status()).isEqualTo(200);
      awaitLoop(gateway);
      connection.readBytes(LARGE_BYTES);
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      assertThat(posted).hasValue(0);
    }
  }

  @Test
  void small_answers_to_a_client_that_reads_late_all_come_in_order() throws Exception {
    int requests = 4_000;
    AtomicInteger served = new AtomicInteger();
    Worker counting =
        request -> {
          served.incrementAndGet();
          return Response.bytes(new byte[SMALL_BYTES]).withHeader("N", request.url().segment(0));
        };
    try (Gateway gateway = Gateway.start(OPTIONS, counting);
        RawConnection connection = RawConnection.to(gateway)) {
      StringBuilder ahead = new StringBuilder();
      for (int i = 0; i < requests; i++) {
        ahead.append("GET /%d HTTP/1.1\r\nHost: h\r\n\r\n".formatted(i));
      }
      connection.send(ahead.toString());
      int slack = (48 << 20) / SMALL_BYTES; // the sockets' own buffers
      for (int i = 0; i < requests; i++) {
        assertThat(connection.readHead().header("n")).hasValue(String.valueOf(i));
        connection.readBytes(SMALL_BYTES);
        assertThat(served.get() - i).isLessThan(slack);
      }
    }
  }

  @Test
  void nothing_is_served_after_a_request_that_closes_its_connection() throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET /small HTTP/1.1").sendHead("GET / HTTP/1.1", "Connection: x, Close");
      connection.sendHead("POST /post HTTP/1.1");
      connection.read();
      assertThat(connection.read().header("connection")).hasValue("close");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      assertThat(posted).hasValue(0);
    }
  }
}
