// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReplaceableWorkerTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private final ReplaceableWorker worker = new ReplaceableWorker();

  @Test
  void requests_that_come_while_there_is_no_worker_wait_for_the_next() throws Exception {
    worker.start(_ -> Response.text("old"));
    assertThat(worker.stop(LONG)).isTrue();
    FutureTask<String> request = request();
    Thread waiting = Thread.ofVirtual().start(request);
    await().until(() -> waiting.getState() == Thread.State.WAITING);

    worker.start(_ -> Response.text("new"));

    assertThat(request.get()).isEqualTo("new");
  }

  @Test
  void the_end_of_a_worker_waits_for_the_requests_inside() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    worker.start(blocking(entered, goOn));
    FutureTask<String> request = request();
    Thread.ofVirtual().start(request);
    entered.await();
    FutureTask<Boolean> stop = new FutureTask<>(() -> worker.stop(LONG));
    Thread stopping = Thread.ofVirtual().start(stop);
    await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING);

    goOn.countDown();

    assertThat(request.get()).isEqualTo("old");
    assertThat(stop.get()).isTrue();
  }

  @Test
  void a_request_that_takes_too_long_goes_on_beside_the_next_worker() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    worker.start(blocking(entered, goOn));
    FutureTask<String> slow = request();
    Thread.ofVirtual().start(slow);
    entered.await();

    assertThat(worker.stop(Duration.ofMillis(1))).isFalse();
    worker.start(_ -> Response.text("new"));

    assertThat(answer()).isEqualTo("new");
    goOn.countDown();
    assertThat(slow.get()).isEqualTo("old");
    FutureTask<String> next = request();
    CountDownLatch nextEntered = new CountDownLatch(1);
    worker.start(blocking(nextEntered, new CountDownLatch(1)));
    Thread.ofVirtual().start(next);
    nextEntered.await();
    assertThat(worker.stop(Duration.ofMillis(1)))
        .as("one left the worker before, not this")
        .isFalse();
  }

  @Test
  void a_request_that_fails_is_inside_no_longer() {
    worker.start(
        _ -> {
          throw new IllegalStateException("no");
        });

    assertThatThrownBy(this::answer).hasMessage("no");

    assertThat(worker.stop(Duration.ZERO)).isTrue();
  }

  @Test
  void code_of_the_worker_finds_its_classes_by_the_thread() throws Exception {
    CompletableFuture<ClassLoader> seen = new CompletableFuture<>();
    Worker app =
        _ -> {
          seen.complete(Thread.currentThread().getContextClassLoader());
          return Response.status(204);
        };
    worker.start(app);
    Thread thread = Thread.ofVirtual().unstarted(request());
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());

    thread.start();

    assertThat(seen.get()).isSameAs(app.getClass().getClassLoader());
  }

  private static Worker blocking(CountDownLatch entered, CountDownLatch goOn) {
    return _ -> {
      entered.countDown();
      goOn.await();
      return Response.text("old");
    };
  }

  private FutureTask<String> request() {
    return new FutureTask<>(this::answer);
  }

  private String answer() throws Exception {
    return worker.fetch(Request.get("/")).body().text();
  }
}
