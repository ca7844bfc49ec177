// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.gateway.RawConnection.Ending;
import dev.holdfast.gateway.RawConnection.RawResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests of several clients that one round of an event loop brings. */
class RequestStartsTest {
  private static final int REQUESTS = 8;
  private static final GatewayOptions OPTIONS =
      GatewayOptions.defaults().withPort(0).withEventLoops(1);

  private final List<RawConnection> clients = new ArrayList<>();
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch letGo = new CountDownLatch(1);
  private final AtomicInteger startedByOthers = new AtomicInteger();
  private volatile boolean hold;
  private volatile int refused = -1;
  private volatile boolean failsAfterItsStart;
  private volatile boolean noneForTheRound;

  @AfterEach
  void close() throws Exception {
    for (RawConnection client : clients) {
      client.close();
    }
  }

  /** Makes the threads of requests; holds the event loop in the first when told to. */
  private Thread newThread(Runnable code) {
    if (Thread.currentThread().isVirtual()) {
      if (startedByOthers.getAndIncrement() == refused) {
        throw new IllegalStateException("no thread");
      }
    } else if (hold) {
      hold = false;
      held.countDown();
      awaitUnbroken(letGo);
    } else if (noneForTheRound) {
      throw new OutOfMemoryError("no thread");
    }
    return failsAfterItsStart ? new Misleading(code) : Thread.ofVirtual().unstarted(code);
  }

  /** A thread that says that it did not start. */
  private static final class Misleading extends Thread {
    Misleading(Runnable code) {
      super(code);
    }

    @Override
    public void start() {
      super.start();
      throw new OutOfMemoryError("no thread");
    }
  }

  private static void awaitUnbroken(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends a request of each client, {@code /0} and on, all of which one round brings. */
  private Gateway round(Worker worker) throws Exception {
    Worker greeting =
        request ->
            request.url().path().equals("/hello") ? Response.text("") : worker.fetch(request);
    Gateway gateway = Gateway.start(OPTIONS, greeting, this::newThread, InstantSource.system());
    for (int i = 0; i < REQUESTS; i++) {
      clients.add(RawConnection.to(gateway));
      clients.get(i).sendHead("GET /hello HTTP/1.1").read();
    }
    try (RawConnection holding = RawConnection.to(gateway)) {
      hold = true;
      holding.sendHead("GET /hello HTTP/1.1");
      held.await();
      for (int i = 0; i < REQUESTS; i++) {
        clients.get(i).sendHead("GET /%d HTTP/1.1".formatted(i));
      }
      letGo.countDown();
      holding.read();
    }
    return gateway;
  }

  @Test
  void all_run_at_once_and_each_client_gets_its_answer() throws Exception {
    CyclicBarrier all = new CyclicBarrier(REQUESTS);
    Worker worker =
        request -> {
          all.await();
          return Response.text(request.url().segment(0));
        };
    try (Gateway _ = round(worker)) {
      for (int i = 0; i < REQUESTS; i++) {
        assertThat(clients.get(i).read().body()).isEqualTo(String.valueOf(i));
      }
      assertThat(startedByOthers).as("started by the first").hasValue(REQUESTS - 1);
    }
  }

  @Test
  void those_that_fail_leave_the_others_alone() throws Exception {
    Worker worker =
        request -> {
          if (!request.url().path().equals("/7")) {
            throw new AssertionError("asked to fail");
          }
          return Response.text("well");
        };
    try (Gateway _ = round(worker)) {
      for (int i = 0; i < REQUESTS - 1; i++) {
        assertThat(clients.get(i).read().status()).isEqualTo(500);
      }
      assertThat(clients.getLast().read().body()).isEqualTo("well");
    }
  }

  @Test
  void one_that_gets_no_thread_is_answered_503_and_keeps_no_other_waiting() throws Exception {
    refused = 0;
    Worker worker = _ -> Response.text("served");
    try (Gateway gateway = round(worker)) {
      int served = 0;
      for (RawConnection client : clients) {
        RawResponse response = client.read();
        if (response.status() == 200) {
          served++;
        } else {
          assertThat(response.status()).isEqualTo(503);
          assertThat(response.body()).contains("cannot start a thread", "retry later");
        }
      }
      assertThat(served).isEqualTo(REQUESTS - 1);
      Awaitility.await().until(() -> gateway.serving() == 0);
    }
  }

  @Test
  void a_round_without_a_thread_is_answered_503() throws Exception {
    AtomicInteger served = new AtomicInteger();
    try (Gateway gateway = round(_ -> Response.text(served.incrementAndGet()))) {
      for (RawConnection client : clients) {
        assertThat(client.read().status()).isEqualTo(200);
      }
      noneForTheRound = true;
      for (RawConnection client : clients) {
        client.sendHead("GET /again HTTP/1.1");
      }
      for (RawConnection client : clients) {
        assertThat(client.read().status()).isEqualTo(503);
      }
      noneForTheRound = false;
      assertThat(clients.getFirst().sendHead("GET /well HTTP/1.1").read().status()).isEqualTo(200);
      assertThat(served).hasValue(REQUESTS + 1);
      Awaitility.await().until(() -> gateway.serving() == 0);
    }
  }

  @Test
  void a_thread_that_starts_although_its_start_failed_is_served_or_refused_but_not_both()
      throws Exception {
    AtomicInteger served = new AtomicInteger();
    try (Gateway gateway = round(_ -> Response.text(served.incrementAndGet()))) {
      for (RawConnection client : clients) {
        assertThat(client.read().status()).isEqualTo(200);
      }
      failsAfterItsStart = true;
      int answered = REQUESTS;
      for (int i = 0; i < 200; i++) {
        for (RawConnection client : clients) {
          client.sendHead("GET /%d HTTP/1.1".formatted(i));
        }
        for (RawConnection client : clients) {
          RawResponse response = client.read();
          assertThat(response.status()).isIn(200, 503);
          answered += response.status() == 200 ? 1 : 0;
        }
      }
      int expected = answered;
      Awaitility.await().until(() -> gateway.serving() == 0);
      assertThat(served).hasValue(expected);
    }
  }

  @Test
  void a_stop_waits_for_all_of_them() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Worker worker =
        _ -> {
          release.await();
          return Response.text("served");
        };
    Gateway gateway = round(worker);
    Awaitility.await().until(() -> gateway.serving() == REQUESTS);
    try (RawConnection idle = RawConnection.to(gateway)) {
      idle.sendHead("GET /hello HTTP/1.1").read();
      Thread stop = Thread.ofPlatform().start(gateway::close);
      assertThat(idle.readToEnd()).isEqualTo(new Ending("", false));
      release.countDown();
      for (RawConnection client : clients) {
        RawResponse response = client.read();
        assertThat(response.body()).isEqualTo("served");
        assertThat(response.header("connection")).hasValue("close");
      }
      stop.join();
    }
  }
}
