// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectOverloadedException;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.EngineOptions.EventLimits;
import dev.holdfast.engine.ObjectClass;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of parameters that wait for one object are bounded, whatever the parameters are. */
final class CallWeightTest {
  private static final int MAX_WAITING_BYTES = 10_000;
  private static final int SMALL = 10;
  private static final int LARGE = 20_000;

  record Note(String title, String text) {}

  sealed interface Shape permits Circle, Label {}

  record Circle(double radius) implements Shape {}

  record Label(Optional<Note> note) implements Shape {}

  /** Immutable, and yet of any depth. */
  record Chain(String text, @Nullable Chain next) {
    static @Nullable Chain of(int links) {
      return links == 0 ? null : new Chain("x".repeat(100), of(links - 1));
    }
  }

  public interface Weighed {
    CompletionStage<String> hold();

    CompletionStage<String> nothing();

    CompletionStage<String> text(String text);

    CompletionStage<String> texts(List<String> texts);

    CompletionStage<String> map(Map<String, Long> map);

    CompletionStage<String> note(Note note);

    CompletionStage<String> shape(Shape shape);

    CompletionStage<String> shapes(Shape[] shapes);

    CompletionStage<String> chain(@Nullable Chain chain);

    CompletionStage<String> varargs(long number, String... texts);

    CompletionStage<String> bytes(byte[] bytes);

    CompletionStage<String> chars(char[] chars);

    CompletionStage<String> doubles(double[] doubles);

    CompletionStage<String> number(BigInteger number, BigDecimal decimal);

    CompletionStage<String> address(Optional<URI> address);

    CompletionStage<String> id(ObjectId id);
  }

  private final class WeighedObject extends DurableObject implements Weighed {
    WeighedObject(ObjectContext ctx) {
      super(ctx);
    }

    private CompletionStage<String> done() {
      return CompletableFuture.completedFuture("done");
    }

    @Override
    public CompletionStage<String> hold() {
      running.countDown();
      try {
        assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return done();
    }

    @Override
    public CompletionStage<String> nothing() {
      return done();
    }

    @Override
    public CompletionStage<String> text(String text) {
      return done();
    }

    @Override
    public CompletionStage<String> texts(List<String> texts) {
      return done();
    }

    @Override
    public CompletionStage<String> map(Map<String, Long> map) {
      return done();
    }

    @Override
    public CompletionStage<String> note(Note note) {
      return done();
    }

    @Override
    public CompletionStage<String> shape(Shape shape) {
      return done();
    }

    @Override
    public CompletionStage<String> shapes(Shape[] shapes) {
      return done();
    }

    @Override
    public CompletionStage<String> chain(@Nullable Chain chain) {
      return done();
    }

    @Override
    public CompletionStage<String> varargs(long number, String... texts) {
      return done();
    }

    @Override
    public CompletionStage<String> bytes(byte[] bytes) {
      return done();
    }

    @Override
    public CompletionStage<String> chars(char[] chars) {
      return done();
    }

    @Override
    public CompletionStage<String> doubles(double[] doubles) {
      return done();
    }

    @Override
    public CompletionStage<String> number(BigInteger number, BigDecimal decimal) {
      return done();
    }

    @Override
    public CompletionStage<String> address(Optional<URI> address) {
      return done();
    }

    @Override
    public CompletionStage<String> id(ObjectId id) {
      return done();
    }
  }

  private final CountDownLatch running = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final Node node =
      new Node(
          EngineOptions.defaults()
              .withEvents(EventLimits.DEFAULT.withWaiting(1_000, MAX_WAITING_BYTES)),
          new ObjectClass<>("Weighed", Weighed.class, WeighedObject::new));
  private final Weighed object = node.object(Weighed.class, "a");

  @BeforeEach
  void hold() {
    CompletableFuture<String> holding = object.hold().toCompletableFuture();
    await().until(() -> running.getCount() == 0 || holding.isDone());
    assertThat(holding).isNotDone();
    // One may wait whatever it weighs: so that it is not the one in question.
    var _ = object.nothing();
  }

  @AfterEach
  void close() {
    goOn.countDown();
    node.close();
  }

  /** A call with a parameter that takes about so many bytes. */
  record Call(String kind, IntFunction<Function<Weighed, CompletionStage<String>>> ofBytes) {
    @Override
    public String toString() {
      return kind;
    }
  }

  static Stream<Call> calls() {
    return Stream.of(
        new Call("text", n -> o -> o.text("x".repeat(n))),
        new Call("list", n -> o -> o.texts(Collections.nCopies(n / 10, "ten bytes"))),
        new Call("map", n -> o -> o.map(map(n / 10))),
        new Call("immutable record", n -> o -> o.note(new Note("title", "x".repeat(n)))),
        new Call("sealed", n -> o -> o.shape(new Label(Optional.of(new Note("", "x".repeat(n)))))),
        new Call("array of objects", n -> o -> o.shapes(circles(n / 20))),
        new Call("recursive record", n -> o -> o.chain(Chain.of(n / 100))),
        new Call("varargs", n -> o -> o.varargs(1, "x".repeat(n / 2), "y".repeat(n / 2))),
        new Call("bytes", n -> o -> o.bytes(new byte[n])),
        new Call("chars", n -> o -> o.chars(new char[n / 2])),
        new Call("doubles", n -> o -> o.doubles(new double[n / 8])),
        new Call(
            "integer",
            n -> o -> o.number(BigInteger.ONE.shiftLeft(8 * n), new BigDecimal(BigInteger.ONE))),
        new Call(
            "decimal",
            n -> o -> o.number(BigInteger.ONE, new BigDecimal(BigInteger.ONE.shiftLeft(8 * n)))),
        new Call("URI", n -> o -> o.address(Optional.of(URI.create("x".repeat(n))))),
        new Call("id", n -> o -> o.id(ObjectId.of(new byte[ObjectId.BYTES], "x".repeat(n)))));
  }

  private static Map<String, Long> map(int entries) {
    return IntStream.range(0, entries)
        .boxed()
        .collect(Collectors.toMap("%09d"::formatted, Integer::longValue));
  }

  private static Shape[] circles(int count) {
    return IntStream.range(0, count).mapToObj(Circle::new).toArray(Shape[]::new);
  }

  @ParameterizedTest
  @MethodSource("calls")
  void a_call_that_would_pass_the_bound_is_refused_and_a_small_one_waits(Call call) {
    CompletableFuture<String> small =
        call.ofBytes().apply(SMALL).apply(object).toCompletableFuture();
    CompletableFuture<String> large =
        call.ofBytes().apply(LARGE).apply(object).toCompletableFuture();

    assertThat(large)
        .failsWithin(Duration.ofSeconds(30))
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(ObjectOverloadedException.class)
        .withMessageContaining("limit 1000 (limits.waiting-events) or 10000 bytes");
    goOn.countDown();
    assertThat(small).succeedsWithin(Duration.ofSeconds(30)).isEqualTo("done");
  }
}
