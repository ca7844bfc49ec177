// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.holdfast.CallOptions;
import dev.holdfast.CallTimeoutException;
import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.ObjectStub;
import dev.holdfast.Outcome;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.engine.TestEngine;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a caller waits. Time stands still unless the test moves it. */
final class CallOptionsTest {
  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

  public interface Slow {
    String hang();

    CompletionStage<String> hangLater();

    String callsOther(String name);

    String quick();
  }

  private final class SlowObject extends DurableObject implements Slow {
    SlowObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public String hang() {
      hanging.complete(Thread.currentThread());
      ctx().await(forEver);
      return "released";
    }

    @Override
    public CompletionStage<String> hangLater() {
      hanging.complete(Thread.currentThread());
      return forEver.thenApply(x -> "released");
    }

    @Override
    public String callsOther(String name) {
      return ctx().env().objects(Slow.class).getByName(name).hang();
    }

    @Override
    public String quick() {
      return "quick";
    }
  }

  private final CompletableFuture<String> forEver = new CompletableFuture<>();
  private final CompletableFuture<Thread> hanging = new CompletableFuture<>();
  private final Node node = new Node(new ObjectClass<>("Slow", Slow.class, SlowObject::new));

  private ObjectNamespace<Slow> objects() {
    return node.objects(Slow.class);
  }

  private static <T> CompletableFuture<T> worker(Callable<T> body) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                done.complete(body.call());
              } catch (Throwable t) {
                done.completeExceptionally(t);
              }
            });
    return done;
  }

  /** Only when the object waits, and no longer holds the baton, may time pass. */
  private void awaitHanging() {
    TestEngine.awaitWaiting(TestEngine.get(hanging));
  }

  /** What the call fails with when time has moved on by {@code duration} since it hung. */
  private Throwable after(Duration duration, CompletableFuture<?> call) {
    awaitHanging();
    node.clock.advance(duration);
    await().until(call::isDone);
    Throwable failure = call.exceptionNow();
    return failure instanceof CompletionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause()
        : failure;
  }

  @AfterEach
  void close() {
    forEver.complete("at last");
    node.close();
  }

  @Test
  void a_timeout_must_be_positive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CallOptions.timeout(Duration.ZERO))
        .withMessage("timeout PT0S is not positive");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CallOptions.timeout(Duration.ofSeconds(-1)));
  }

  @Test
  void a_call_with_a_timeout_is_given_up_when_it_has_passed() {
    Slow slow = objects().with(CallOptions.timeout(TWO_SECONDS)).getByName("a");
    CompletableFuture<String> call = worker(slow::hang);
    awaitHanging();
    node.clock.advance(TWO_SECONDS.minusMillis(1));
    assertThat(call).isNotDone();

    assertThat(after(Duration.ofMillis(1), call))
        .isInstanceOfSatisfying(
            CallTimeoutException.class,
            timeout -> assertThat(timeout.outcome()).isEqualTo(Outcome.UNKNOWN))
        .hasMessage("Slow/a: hang did not answer within PT2S");
  }

  @Test
  void a_call_whose_answer_is_a_future_is_given_up_too() {
    Slow slow = objects().with(CallOptions.timeout(TWO_SECONDS)).getByName("a");

    assertThat(after(TWO_SECONDS, slow.hangLater().toCompletableFuture()))
        .isInstanceOf(CallTimeoutException.class);
  }

  @Test
  void without_options_a_call_is_given_up_after_the_default() {
    CompletableFuture<String> call = objects().getByName("a").hangLater().toCompletableFuture();
    awaitHanging();
    node.clock.advance(Duration.ofSeconds(29));
    assertThat(call).isNotDone();

    assertThat(after(Duration.ofSeconds(3), call)).isInstanceOf(CallTimeoutException.class);
  }

  @Test
  void options_belong_to_the_namespace_or_stub_that_with_gave_not_to_the_one_it_was_called_on() {
    ObjectNamespace<Slow> plain = objects();
    ObjectNamespace<Slow> hasty = plain.with(CallOptions.timeout(TWO_SECONDS));
    CompletableFuture<String> call = worker(plain.getByName("a")::hang);
    awaitHanging();
    node.clock.advance(TWO_SECONDS.plusSeconds(1));

    assertThat(call).isNotDone();
    assertThat(hasty.name()).isEqualTo("Slow");
    assertThat(hasty.idFromName("a")).isEqualTo(plain.idFromName("a"));
    assertThat(hasty.getByName("b").quick()).isEqualTo("quick");
    ObjectStub stub = ObjectStub.of(plain.getByName("a"));
    ObjectStub hastyStub = stub.with(CallOptions.timeout(TWO_SECONDS));
    assertThat(hastyStub).isNotSameAs(stub).hasToString("Slow/a");
    assertThat(hastyStub.id()).isSameAs(stub.id());
  }

  @Test
  void the_deadline_travels_with_the_calls_that_the_callee_makes() {
    Slow slow = objects().with(CallOptions.timeout(TWO_SECONDS)).getByName("a");

    assertThat(after(TWO_SECONDS, worker(() -> slow.callsOther("b"))))
        .isInstanceOf(CallTimeoutException.class);
    node.clock.advance(Duration.ofSeconds(1));
    assertThat(objects().getByName("a").quick()).isEqualTo("quick");
  }

  @Test
  void a_very_long_timeout_is_as_good_as_none() {
    Slow slow = objects().with(CallOptions.timeout(Duration.ofDays(1_000_000))).getByName("a");
    assertThat(slow.quick()).isEqualTo("quick");
    Slow longest =
        objects().with(CallOptions.timeout(Duration.ofSeconds(Long.MAX_VALUE))).getByName("a");
    assertThat(longest.quick()).isEqualTo("quick");
  }
}
