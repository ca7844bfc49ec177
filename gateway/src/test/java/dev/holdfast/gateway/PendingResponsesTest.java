// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Response;
import dev.holdfast.Worker;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** All clients together are slow: what waits for them is bounded, and each gets on. */
class PendingResponsesTest {
  private static final int PIECE_BYTES = 16 << 10;
  private static final int LIMIT_BYTES = 4 * PIECE_BYTES;
  private static final int BODY_BYTES = 16 << 20;
  private static final int CLIENTS = 8;
  private static final GatewayOptions OPTIONS =
      GatewayOptions.defaults()
          .withPort(0)
          .withLimits(GatewayLimits.defaults().withPendingResponseBytes(LIMIT_BYTES));

  private final AtomicReference<Gateway> running = new AtomicReference<>();
  private final LongAccumulator most = new LongAccumulator(Math::max, 0);
  private final List<Thread> writers = new CopyOnWriteArrayList<>();
  private final Worker worker =
      request ->
          request.url().segment(0).equals("large")
              ? Response.bytes(new byte[200_000])
              : Response.stream(
                  out -> {
                    writers.add(Thread.currentThread());
                    byte[] piece = new byte[PIECE_BYTES];
                    for (int sent = 0; sent < BODY_BYTES; sent += PIECE_BYTES) {
                      out.write(piece);
                      most.accumulate(Objects.requireNonNull(running.get()).pendingResponseBytes());
                    }
                  });

  private Gateway start() {
    ThreadFactory threads = Thread.ofVirtual().factory();
    Gateway gateway = Gateway.start(OPTIONS, worker, threads, InstantSource.system());
    running.set(gateway);
    return gateway;
  }

  private void awaitBlocked(int clients) {
    Awaitility.await()
        .until(
            () ->
                writers.size() == clients
                    && writers.stream()
                        .allMatch(writer -> writer.getState() == Thread.State.WAITING));
  }

  @Test
  void what_waits_for_all_clients_is_bounded_and_each_gets_its_whole_body() throws Exception {
    List<RawConnection> clients = new ArrayList<>();
    try (Gateway gateway = start()) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(RawConnection.to(gateway).sendHead("GET / HTTP/1.1"));
      }
      awaitBlocked(CLIENTS);
      for (RawConnection client : clients) {
        assertThat(client.read().body()).hasSize(BODY_BYTES);
        client.close();
      }
      assertThat(most.get()).isBetween(1L, LIMIT_BYTES + (long) CLIENTS * PIECE_BYTES);
      Awaitility.await().until(() -> gateway.pendingResponseBytes() == 0);
    }
  }

  @Test
  void a_client_gets_on_while_others_use_the_limit_up() throws Exception {
    try (Gateway gateway = start();
        RawConnection other = RawConnection.to(gateway)) {
      try (RawConnection hog = RawConnection.to(gateway)) {
        hog.sendHead("GET / HTTP/1.1");
        awaitBlocked(1);
        Awaitility.await().until(() -> gateway.pendingResponseBytes() > LIMIT_BYTES - PIECE_BYTES);
        assertThat(other.sendHead("GET / HTTP/1.1").read().body()).hasSize(BODY_BYTES);
        assertThat(other.sendHead("GET /large HTTP/1.1").read().body()).hasSize(200_000);
        Awaitility.await().until(() -> gateway.pendingResponseBytes() <= LIMIT_BYTES);
        assertThat(gateway.pendingResponseBytes()).isGreaterThan(LIMIT_BYTES - PIECE_BYTES);
        hog.socket().setSoLinger(true, 0);
      }
      Awaitility.await().until(() -> gateway.pendingResponseBytes() == 0 && gateway.serving() == 0);
    }
  }

  @Test
  void whole_responses_are_counted_until_they_are_taken() throws Exception {
    GatewayOptions options =
        OPTIONS.withLimits(GatewayLimits.defaults().withBufferedResponseBytes(1 << 25));
    byte[] body = new byte[1 << 25];
    try (Gateway gateway = Gateway.start(options, _ -> Response.bytes(body));
        RawConnection client = RawConnection.to(gateway)) {
      client.sendHead("GET / HTTP/1.1").readHead();
      assertThat(gateway.pendingResponseBytes()).isEqualTo(body.length);
      client.readBytes(body.length);
      Awaitility.await().until(() -> gateway.pendingResponseBytes() == 0);
    }
  }
}
