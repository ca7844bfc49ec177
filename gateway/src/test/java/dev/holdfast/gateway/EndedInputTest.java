// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.gateway.RawConnection.Ending;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that end their stream after the request, and still read. */
class EndedInputTest {
  /**
   * One event loop, so that an answer on another connection shows what it has seen of the first.
   */
  private static final GatewayOptions OPTIONS =
      GatewayOptions.defaults().withPort(0).withEventLoops(1);

  private final CountDownLatch release = new CountDownLatch(1);

  private final Worker worker =
      request -> {
        switch (request.url().segment(0)) {
          case "wait" -> release.await();
          case "stream" -> {
            return Response.stream(
                out -> {
                  out.write('a');
                  out.flush();
                  try {
                    release.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  out.write('b');
                });
          }
          default -> {}
        }
        return Response.text(request.url().path() + request.body().text());
      };

  /** Ends the stream, and returns when the gateway has seen it. */
  private static void endInput(Gateway gateway, RawConnection connection) throws Exception {
    connection.socket().shutdownOutput();
    awaitLoop(gateway);
  }

  /** Returns when the gateway has seen what was sent before. */
  private static void awaitLoop(Gateway gateway) throws Exception {
    try (RawConnection other = RawConnection.to(gateway)) {
      for (int i = 0; i < 3; i++) {
        assertThat(other.sendHead("GET /other HTTP/1.1").read().body()).isEqualTo("/other");
      }
    }
  }

  @Test
  void a_request_under_way_is_answered_as_the_last_of_its_connection() throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST /wait HTTP/1.1", "Content-Length: 1").send("x");
      Awaitility.await().until(() -> gateway.serving() == 1);
      endInput(gateway, connection);
      release.countDown();
      RawConnection.RawResponse response = connection.read();
      assertThat(response.body()).isEqualTo("/waitx");
      assertThat(response.header("connection")).hasValue("close");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      Awaitility.await().until(() -> gateway.connections() == 0);
    }
  }

  @Test
  void pipelined_requests_are_all_answered() throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET /wait HTTP/1.1");
      StringBuilder more = new StringBuilder();
      for (int i = 0; i < 5_000; i++) {
        more.append("GET /%d HTTP/1.1\r\nHost: h\r\n\r\n".formatted(i));
      }
      connection.send(more.toString());
      endInput(gateway, connection);
      release.countDown();
      assertThat(connection.read().body()).isEqualTo("/wait");
      for (int i = 0; i < 5_000; i++) {
        assertThat(connection.read().body()).isEqualTo("/" + i);
      }
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  /**
   * Whoever answers the first request must not take the second, which may be taken up as soon as
   * that answer is handed over, for its own. The event loop gets ahead of the worker where it takes
   * its processor: so all are kept busy, and the loop is woken anew for each connection.
   */
  @Test
  void an_answer_does_not_end_the_connection_under_the_request_after_it() throws Exception {
    int connections = 200;
    Semaphore first = new Semaphore(0);
    Semaphore taken = new Semaphore(0);
    Worker pair =
        request -> {
          switch (request.url().segment(0)) {
            case "first" -> {
              request.body().text();
              first.acquire();
            }
            case "second" -> {
              taken.release();
              release.await();
            }
            default -> {}
          }
          return Response.text(request.url().path());
        };
    List<RawConnection> clients = new ArrayList<>();
    try (Gateway gateway = Gateway.start(OPTIONS, pair)) {
      for (int i = 0; i < connections; i++) {
        RawConnection client = RawConnection.to(gateway);
        clients.add(client);
        client.sendHead("POST /first HTTP/1.1", "Content-Length: 20000").send("x".repeat(20_000));
        client.sendHead("GET /second HTTP/1.1").socket().shutdownOutput();
      }
      Awaitility.await().until(() -> gateway.serving() == connections);
      awaitLoop(gateway);
      try (BusyProcessors _ = new BusyProcessors()) {
        for (int i = 0; i < connections; i++) {
          first.release();
          taken.acquire();
        }
      }
      Awaitility.await().until(() -> gateway.serving() == connections);
      release.countDown();
      for (RawConnection client : clients) {
        assertThat(client.read().body()).isEqualTo("/first");
        assertThat(client.read().body()).isEqualTo("/second");
        assertThat(client.readToEnd()).isEqualTo(new Ending("", false));
      }
    } finally {
      for (RawConnection client : clients) {
        client.close();
      }
    }
  }

  @Test
  void a_response_that_has_begun_is_sent_to_its_end() throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET /stream HTTP/1.1").readHead();
      assertThat(connection.readChunk()).asString().isEqualTo("a");
      endInput(gateway, connection);
      release.countDown();
      assertThat(connection.readChunk()).asString().isEqualTo("b");
      assertThat(connection.readChunk()).isEmpty();
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET", "GET / HTTP/1.1\r\nHost: h\r\n\r\n"})
  void a_connection_without_a_whole_request_is_closed_at_once(String before) throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.send(before);
      if (before.endsWith("\n")) {
        assertThat(connection.read().status()).isEqualTo(200);
      }
      connection.socket().shutdownOutput();
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      Awaitility.await().until(() -> gateway.connections() == 0);
    }
  }

  @Test
  void a_head_that_breaks_off_is_answered_400() throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.send("GET / HTTP/1.1\r\nHost: h\r\nA");
      connection.socket().shutdownOutput();
      assertThat(connection.read().status()).isEqualTo(400);
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Content-Length: 9", "Content-Length: 90000", "Transfer-Encoding: chunked"})
  void a_body_that_breaks_off_ends_the_connection(String length) throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    Worker reading =
        request -> {
          try (InputStream in = request.body().stream()) {
            seen.complete("read " + in.readAllBytes().length);
          } catch (Exception e) {
            seen.complete(String.valueOf(e.getMessage()));
            throw e;
          }
          return Response.text("served");
        };
    try (Gateway gateway = Gateway.start(OPTIONS, reading);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("POST / HTTP/1.1", length);
      if (!length.endsWith(" 9")) {
        Awaitility.await().until(() -> gateway.serving() == 1);
      }
      connection.socket().shutdownOutput();
      assertThat(connection.readToEnd().text()).isEmpty();
      if (!length.endsWith(" 9")) {
        assertThat(seen.join()).contains("closed the connection before the end of the body");
      }
      Awaitility.await().until(() -> gateway.connections() == 0 && gateway.serving() == 0);
    }
  }

  @Test
  void a_body_that_breaks_off_ends_the_connection_when_its_turn_comes() throws Exception {
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead("GET /wait HTTP/1.1");
      connection.sendHead("POST /never HTTP/1.1", "Content-Length: 5").send("ab");
      endInput(gateway, connection);
      release.countDown();
      assertThat(connection.read().body()).isEqualTo("/wait");
      assertThat(connection.readToEnd()).isEqualTo(new Ending("", false));
      Awaitility.await().until(() -> gateway.connections() == 0);
    }
  }

  /** Threads that want all processors. */
  private static final class BusyProcessors implements AutoCloseable {
    private volatile boolean done;

    BusyProcessors() {
      for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
        Thread.ofPlatform().daemon().start(this::spin);
      }
    }

    private void spin() {
      while (!done) {
        Thread.onSpinWait();
      }
    }

    @Override
    public void close() {
      done = true;
    }
  }
}
