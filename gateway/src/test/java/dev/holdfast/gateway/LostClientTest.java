// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Request;
import dev.holdfast.Response;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that go, in every phase of a request: nothing of them stays, and others are served. */
class LostClientTest {
  private static final int STREAMED_BYTES = 64 << 20;

  /** What a client has sent when it goes, and how far the gateway has come with it. */
  enum Phase {
    NOTHING("", false),
    WITHIN_THE_LINE("GET /a", false),
    WITHIN_THE_HEAD("GET / HTTP/1.1\r\nHost: h\r\nA", false),
    WITHIN_A_GATHERED_BODY("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab", false),
    WITHIN_A_STREAMED_BODY(
        "POST /read HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\nab", true),
    WITHIN_A_CHUNK(
        "POST /read HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", true),
    WITHIN_A_TRAILER(
        "POST /read HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT", true),
    BEFORE_THE_SIGN_TO_SEND(
        "POST /wait HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
        true),
    AFTER_THE_SIGN_TO_SEND(
        "POST /read HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
        true),
    WHILE_THE_WORKER_WORKS("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n", true),
    WITH_MORE_REQUESTS_SENT(
        "GET /wait HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\nGET", true),
    WITHIN_A_STREAMED_ANSWER("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n", true),
    WITHIN_A_WHOLE_ANSWER("GET /large HTTP/1.1\r\nHost: h\r\n\r\n", false),
    AFTER_THE_ANSWER("GET / HTTP/1.1\r\nHost: h\r\n\r\n", false);

    private final String sent;
    private final boolean served;

    Phase(String sent, boolean served) {
      this.sent = sent;
      this.served = served;
    }
  }

  private final CountDownLatch release = new CountDownLatch(1);
  private final byte[] large = new byte[STREAMED_BYTES];

  private Response serve(Request request) throws InterruptedException {
    return switch (request.url().segment(0)) {
      case "read" -> Response.text(request.body().bytes().length);
      case "wait" -> {
        release.await();
        yield Response.text("");
      }
      case "stream" ->
          Response.stream(
              out -> {
                for (int i = 0; i < STREAMED_BYTES; i += 1 << 16) {
                  out.write(large, 0, 1 << 16);
                }
                // All of it may have found room.
                released();
                out.write(large, 0, 1 << 16);
              });
      case "large" -> Response.bytes(large);
      default -> Response.text("");
    };
  }

  private void released() throws InterruptedIOException {
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_resets_leaves_nothing_behind(Phase phase) throws Exception {
    leaves(phase, true);
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_closes_leaves_nothing_behind(Phase phase) throws Exception {
    leaves(phase, false);
  }

  private void leaves(Phase phase, boolean reset) throws Exception {
    GatewayOptions options =
        GatewayOptions.defaults()
            .withPort(0)
            .withEventLoops(1)
            .withLimits(GatewayLimits.defaults().withBufferedResponseBytes(STREAMED_BYTES));
    try (LogRecord log = new LogRecord();
        Gateway gateway = Gateway.start(options, this::serve)) {
      try (RawConnection connection = RawConnection.to(gateway)) {
        connection.send(phase.sent);
        if (phase.served) {
          Awaitility.await().until(() -> gateway.serving() == 1);
        }
        serves(gateway);
        if (reset) {
          connection.socket().setSoLinger(true, 0);
        }
      }
      serves(gateway);
      release.countDown();
      Awaitility.await()
          .until(
              () ->
                  gateway.connections() == 0
                      && gateway.serving() == 0
                      && gateway.pendingResponseBytes() == 0);
      serves(gateway);
      assertThat(log.events()).isEmpty();
    }
  }

  @Test
  void the_buffers_of_bodies_sent_ahead_are_given_back_when_their_client_is_gone()
      throws Exception {
    try (Gateway gateway = Gateway.start(GatewayOptions.defaults().withPort(0), this::serve);
        LeakWatch watch = new LeakWatch(gateway)) {
      try (RawConnection connection = RawConnection.to(gateway)) {
        connection.send(
            "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n"
                + "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                + "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2\r\nab\r\n0\r\n\r\n");
        Awaitility.await().until(() -> gateway.serving() == 1);
        connection.socket().setSoLinger(true, 0);
      }
      release.countDown();
      watch.assertNothingLeft("the client is gone");
    }
  }

  private static void serves(Gateway gateway) throws Exception {
    try (RawConnection other = RawConnection.to(gateway)) {
      assertThat(other.sendHead("GET / HTTP/1.1").read().status()).isEqualTo(200);
    }
  }
}
