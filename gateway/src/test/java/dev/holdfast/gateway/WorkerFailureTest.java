// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.holdfast.CallTimeoutException;
import dev.holdfast.LimitExceededException;
import dev.holdfast.ObjectOverloadedException;
import dev.holdfast.ObjectResetException;
import dev.holdfast.ObjectUnavailableException;
import dev.holdfast.Outcome;
import dev.holdfast.RemoteException;
import dev.holdfast.Response;
import dev.holdfast.StorageException;
import dev.holdfast.Worker;
import dev.holdfast.gateway.RawConnection.RawResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What clients and the log are told when a worker fails. */
class WorkerFailureTest {
  private static final GatewayOptions OPTIONS = GatewayOptions.defaults().withPort(0);

  private static final String RETRY = "nothing was applied by the call that failed, retry later";
  private static final String LOOK = "it may have been applied, look before you retry";
  private static final String LOG = "the log of the server says why";

  static Stream<Arguments> failures() {
    String secret = "secret";
    Outcome nothing = Outcome.NOT_APPLIED;
    Outcome unknown = Outcome.UNKNOWN;
    return Stream.of(
        Arguments.of(new IllegalStateException(secret), 500, LOG),
        Arguments.of(new Exception(secret), 500, LOG),
        Arguments.of(new StackOverflowError(secret), 500, LOG),
        Arguments.of(new LimitExceededException(secret), 500, LOG),
        Arguments.of(new RemoteException("Type", secret, secret), 500, LOG),
        Arguments.of(new StorageException(secret, unknown, false, null), 500, LOG),
        Arguments.of(new StorageException(secret, unknown, true, null), 503, LOOK),
        Arguments.of(new StorageException(secret, nothing, true, null), 503, RETRY),
        Arguments.of(new ObjectOverloadedException(secret), 503, RETRY),
        Arguments.of(new ObjectResetException(secret, unknown, null), 503, LOOK),
        Arguments.of(new ObjectResetException(secret, nothing, null), 503, RETRY),
        Arguments.of(new ObjectUnavailableException(secret, null), 503, RETRY),
        Arguments.of(new CompletionException(new ObjectOverloadedException(secret)), 503, RETRY),
        Arguments.of(
            new StorageException(secret, unknown, false, new ObjectOverloadedException(secret)),
            500,
            LOG),
        Arguments.of(
            new ObjectResetException(secret, unknown, new ObjectOverloadedException(secret)),
            503,
            LOOK),
        Arguments.of(new CallTimeoutException(secret, unknown), 504, LOOK),
        Arguments.of(new CallTimeoutException(secret, nothing), 504, RETRY));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void a_failure_is_answered_by_its_kind_and_logged_once(
      Throwable failure, int status, String advice) throws Exception {
    try (LogRecord log = new LogRecord();
        Gateway gateway = Gateway.start(OPTIONS, _ -> sneakyThrow(failure));
        RawConnection connection = RawConnection.to(gateway)) {
      RawResponse response = connection.sendHead("GET /path HTTP/1.1").read();
      assertThat(response.status()).isEqualTo(status);
      assertThat(response.header("retry-after").isPresent())
          .isEqualTo(status == 503 && advice.equals(RETRY));
      assertThat(response.body())
          .hasLineCount(1)
          .endsWith(advice + "\n")
          .doesNotContain("secret", "Exception", "Error", "dev.holdfast");
      if (failure instanceof ObjectOverloadedException) {
        assertThat(log.events()).isEmpty();
      } else {
        assertThat(log.events()).singleElement().satisfies(event -> describes(event, status));
      }
      assertThat(connection.sendHead("GET /again HTTP/1.1").read().status()).isEqualTo(status);
    }
  }

  private static void describes(ILoggingEvent event, int status) {
    assertThat(event.getFormattedMessage()).contains("GET /path");
    assertThat(event.getLevel()).isEqualTo(status == 500 ? Level.ERROR : Level.WARN);
    assertThat(event.getThrowableProxy() != null).isEqualTo(status == 500);
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> Response sneakyThrow(Throwable failure) throws E {
    throw (E) failure;
  }

  @Test
  @SuppressWarnings("NullAway") // what a careless worker does
  void a_worker_that_returns_null_is_answered_500() throws Exception {
    Worker worker = _ -> null;
    try (Gateway gateway = Gateway.start(OPTIONS, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      assertThat(connection.sendHead("GET / HTTP/1.1").read().status()).isEqualTo(500);
    }
  }

  @Test
  void a_worker_without_an_answer_in_time_is_answered_504_and_counted() throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withAnswer(Duration.ofMillis(100)));
    CountDownLatch late = new CountDownLatch(1);
    Worker worker =
        request -> {
          if (request.url().path().equals("/slow")) {
            late.await();
          }
          return Response.text(request.url().path());
        };
    try (LogRecord log = new LogRecord();
        Gateway gateway = Gateway.start(options, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      RawResponse response = connection.sendHead("GET /slow HTTP/1.1").read();
      assertThat(response.status()).isEqualTo(504);
      assertThat(response.body()).contains("limit of 100 ms");
      assertThat(gateway.overdue()).isEqualTo(1);
      assertThat(gateway.serving()).isEqualTo(1);
      assertThat(connection.sendHead("GET /fast HTTP/1.1").read().body()).isEqualTo("/fast");
      late.countDown();
      Awaitility.await().until(() -> gateway.serving() == 0);
      assertThat(gateway.overdue()).isZero();
      assertThat(connection.sendHead("GET /fast HTTP/1.1").read().body()).isEqualTo("/fast");
      assertThat(log.events())
          .extracting(ILoggingEvent::getFormattedMessage)
          .singleElement()
          .asString()
          .contains("GET /slow", "504");
    }
  }

  @Test
  void a_writer_that_has_sent_nothing_in_time_is_answered_504() throws Exception {
    GatewayOptions options =
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withAnswer(Duration.ofMillis(100)));
    CountDownLatch late = new CountDownLatch(1);
    Worker worker =
        _ ->
            Response.stream(
                out -> {
                  out.write('x');
                  awaitUninterrupted(late);
                  out.flush();
                });
    try (Gateway gateway = Gateway.start(options, worker);
        RawConnection connection = RawConnection.to(gateway)) {
      assertThat(connection.sendHead("GET / HTTP/1.1").read().status()).isEqualTo(504);
      late.countDown();
      Awaitility.await().until(() -> gateway.serving() == 0);
      assertThat(gateway.overdue()).isZero();
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void requests_beyond_the_limit_are_answered_503_until_one_ends() throws Exception {
    GatewayOptions options = OPTIONS.withLimits(GatewayLimits.defaults().withConcurrentRequests(2));
    CountDownLatch end = new CountDownLatch(1);
    Worker worker =
        request -> {
          if (request.url().path().equals("/wait")) {
            end.await();
          }
          return Response.text("served");
        };
    try (Gateway gateway = Gateway.start(options, worker);
        RawConnection first = RawConnection.to(gateway);
        RawConnection second = RawConnection.to(gateway);
        RawConnection third = RawConnection.to(gateway)) {
      for (RawConnection connection : List.of(first, second)) {
        connection.sendHead("GET /wait HTTP/1.1");
      }
      Awaitility.await().until(() -> gateway.serving() == 2);
      RawResponse refused = third.sendHead("GET / HTTP/1.1").read();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("retry-after")).hasValue("1");
      assertThat(refused.body()).contains("2 requests at once");
      third.sendHead("POST / HTTP/1.1", "Content-Length: 4").send("body");
      assertThat(third.read().status()).isEqualTo(503);
      end.countDown();
      assertThat(first.read().status()).isEqualTo(200);
      assertThat(second.read().status()).isEqualTo(200);
      Awaitility.await().until(() -> gateway.serving() == 0);
      assertThat(third.sendHead("GET / HTTP/1.1").read().status()).isEqualTo(200);
    }
  }
}
