// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.CallTimeoutException;
import dev.holdfast.HoldfastException;
import dev.holdfast.LimitExceededException;
import dev.holdfast.ObjectOverloadedException;
import dev.holdfast.ObjectResetException;
import dev.holdfast.ObjectUnavailableException;
import dev.holdfast.Outcome;
import dev.holdfast.RemoteException;
import dev.holdfast.StorageException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ExceptionCodecTest {
  private final Codec codec = new Codec();
  private final ExceptionCodec exceptions = new ExceptionCodec(codec);

  static class ShopException extends Exception {
    ShopException(String message, Throwable cause) {
      super(message, cause);
    }

    ShopException(String message) {
      super(message);
    }
  }

  static final class OutOfStock extends ShopException {
    private final String item;
    private final List<Integer> left;

    OutOfStock(String item, List<Integer> left) {
      super(item + " has only " + left);
      this.item = item;
      this.left = left;
    }

    String item() {
      return item;
    }

    List<Integer> getLeft() {
      return left;
    }
  }

  static final class Forgetful extends ShopException {
    private final int secret;

    Forgetful(String message, int number) {
      super(message);
      this.secret = number;
    }

    int half() {
      return secret / 2;
    }
  }

  static final class Prefixed extends RuntimeException {
    Prefixed(String message) {
      super("prefixed: " + message);
    }
  }

  static final class Fixed extends RuntimeException {
    Fixed() {
      super("always the same");
    }
  }

  abstract static sealed class BankException extends RuntimeException permits Overdrawn {
    BankException(String message) {
      super(message);
    }
  }

  static final class Overdrawn extends BankException {
    Overdrawn(String message) {
      super(message);
    }
  }

  static final class Hostile extends RuntimeException {
    @Override
    public String getMessage() {
      throw new IllegalStateException("no message for you");
    }

    @Override
    public synchronized Throwable getCause() {
      throw new IllegalStateException("no cause for you");
    }
  }

  /** In one process and through bytes: the same rules. */
  private List<Throwable> ways(Throwable thrown, Class<?>... declared) {
    Set<Class<?>> closed = Set.of(declared);
    return List.of(
        exceptions.copy(thrown, closed),
        exceptions.rebuild(
            exceptions.decode(exceptions.encode(exceptions.capture(thrown))), closed));
  }

  @Test
  void a_declared_exception_arrives_as_its_type_with_message_and_cause() {
    ShopException thrown = new ShopException("closed", new IOException("no key"));
    for (Throwable copy : ways(thrown, ShopException.class)) {
      assertThat(copy)
          .isNotSameAs(thrown)
          .isExactlyInstanceOf(ShopException.class)
          .hasMessage("closed");
      assertThat(copy.getCause()).isExactlyInstanceOf(IOException.class).hasMessage("no key");
      assertThat(copy.getCause()).isNotSameAs(thrown.getCause());
    }
  }

  @Test
  void an_undeclared_exception_arrives_as_a_remote_exception_that_names_it() {
    for (Throwable copy : ways(new ShopException("closed", new IOException("no key")))) {
      assertThat(copy)
          .isInstanceOfSatisfying(
              RemoteException.class,
              remote -> {
                assertThat(remote.type()).isEqualTo(ShopException.class.getName());
                assertThat(remote).hasMessage(ShopException.class.getName() + ": closed");
                assertThat(remote.remoteStack())
                    .startsWith(ShopException.class.getName() + ": closed\n\tat ")
                    .contains("\nCaused by: java.io.IOException: no key\n\tat ");
                assertThat(remote.outcome()).isEqualTo(Outcome.UNKNOWN);
              });
      assertThat(copy.getSuppressed()).singleElement().isInstanceOf(IOException.class);
    }
  }

  @Test
  void fields_travel_if_the_constructor_names_them() {
    for (Throwable copy : ways(new OutOfStock("tea", List.of(1, 2)), OutOfStock.class)) {
      assertThat(copy)
          .hasMessage("tea has only [1, 2]")
          .isInstanceOfSatisfying(
              OutOfStock.class,
              outOfStock -> {
                assertThat(outOfStock.item()).isEqualTo("tea");
                assertThat(outOfStock.getLeft()).containsExactly(1, 2);
              });
    }
  }

  @Test
  void an_undeclared_subclass_arrives_as_the_superclass_that_is_declared() {
    for (Throwable copy : ways(new OutOfStock("tea", List.of()), ShopException.class)) {
      assertThat(copy).isExactlyInstanceOf(ShopException.class).hasMessage("tea has only []");
      assertThat(print(copy)).contains("thrown as " + OutOfStock.class.getName());
    }
  }

  @Test
  void a_wide_throws_clause_does_not_hide_the_type() {
    for (Throwable copy : ways(new OutOfStock("tea", List.of()), Exception.class)) {
      assertThat(copy)
          .isInstanceOfSatisfying(
              RemoteException.class,
              remote -> assertThat(remote.type()).isEqualTo(OutOfStock.class.getName()));
    }
  }

  @Test
  void what_cannot_be_made_again_arrives_as_a_remote_exception() {
    for (Throwable copy : ways(new Forgetful("x", 1), Forgetful.class)) {
      assertThat(copy).isInstanceOf(RemoteException.class);
    }
    for (Throwable copy : ways(new Prefixed("x"), Prefixed.class)) {
      assertThat(copy).isInstanceOf(RemoteException.class).hasMessageEndingWith(": prefixed: x");
    }
    for (Throwable copy : ways(new Hostile(), Hostile.class)) {
      assertThat(copy).isInstanceOf(RemoteException.class);
    }
    for (Throwable copy : ways(new Fixed(), Fixed.class)) {
      assertThat(copy).isExactlyInstanceOf(Fixed.class);
    }
  }

  @Test
  void a_sealed_exception_declares_what_it_permits() {
    for (Throwable copy : ways(new Overdrawn("by 3"), BankException.class)) {
      assertThat(copy).isExactlyInstanceOf(Overdrawn.class).hasMessage("by 3");
    }
  }

  @Test
  void common_exceptions_of_the_jdk_arrive_as_themselves() {
    for (RuntimeException thrown :
        List.of(
            new IllegalArgumentException("bad"),
            new IllegalStateException("not now", new NoSuchElementException()),
            new NullPointerException(),
            new UncheckedIOException("io", new IOException("disk")),
            new RuntimeException("plain"))) {
      for (Throwable copy : ways(thrown)) {
        assertThat(copy)
            .isNotSameAs(thrown)
            .isExactlyInstanceOf(thrown.getClass())
            .hasMessage(thrown.getMessage());
        assertThat(copy.toString()).isEqualTo(thrown.toString());
        assertThat(String.valueOf(copy.getCause())).isEqualTo(String.valueOf(thrown.getCause()));
      }
    }
  }

  @Test
  void a_checked_exception_arrives_only_where_the_method_may_throw_it() {
    for (Throwable copy : ways(new FileNotFoundException("x"))) {
      assertThat(copy).isInstanceOf(RemoteException.class);
    }
    for (Throwable copy : ways(new FileNotFoundException("x"), IOException.class)) {
      assertThat(copy).isExactlyInstanceOf(FileNotFoundException.class);
    }
  }

  @Test
  void an_error_arrives_as_a_remote_exception() {
    for (Throwable copy : ways(new StackOverflowError("deep"))) {
      assertThat(copy)
          .isInstanceOf(RemoteException.class)
          .hasMessage("java.lang.StackOverflowError: deep");
    }
  }

  @Test
  void the_trace_shows_the_object_then_the_call_then_the_caller() {
    Throwable thrown = onAnotherThread(ExceptionCodecTest::objectCode);
    for (Throwable copy : ways(thrown, ShopException.class)) {
      List<String> methods =
          Arrays.stream(copy.getStackTrace())
              .map(frame -> frame.getClassName() + "." + frame.getMethodName())
              .toList();
      String self = ExceptionCodecTest.class.getName();
      assertThat(methods)
          .startsWith(self + ".objectCode")
          .containsSubsequence(
              self + ".objectCode",
              "dev.holdfast.call",
              self + ".ways",
              self + ".the_trace_shows_the_object_then_the_call_then_the_caller")
          .noneMatch(method -> method.startsWith(ExceptionCodec.class.getName() + "."));
      assertThat(print(copy)).contains("\tat dev.holdfast.call(object above, caller below)");
    }
  }

  @Test
  void frames_that_object_and_caller_share_are_shown_once() {
    Throwable thrown = objectCode();
    for (Throwable copy : ways(thrown, ShopException.class)) {
      assertThat(copy.getStackTrace())
          .filteredOn(
              frame ->
                  frame
                      .getMethodName()
                      .equals("frames_that_object_and_caller_share_are_shown_once"))
          .hasSizeBetween(1, 2);
      assertThat(copy.getStackTrace())
          .filteredOn(frame -> frame.getClassName().equals(Thread.class.getName()))
          .hasSizeLessThanOrEqualTo(2);
      assertThat(copy.getStackTrace().length).isLessThan(thrown.getStackTrace().length + 8);
    }
  }

  private static ShopException objectCode() {
    return new ShopException("closed");
  }

  private static Throwable onAnotherThread(java.util.function.Supplier<Throwable> code) {
    return java.util.concurrent.CompletableFuture.supplyAsync(code).join();
  }

  private static String print(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void causes_that_lead_in_a_circle_or_go_on_for_ever_end() {
    RuntimeException first = new RuntimeException("first");
    first.initCause(new IllegalStateException("second", first));
    for (Throwable copy : ways(first)) {
      assertThat(copy.getCause()).hasMessage("second").hasNoCause();
    }
    Throwable chain = new RuntimeException("end");
    for (int i = 0; i < 10_000; i++) {
      chain = new RuntimeException("step", chain);
    }
    for (Throwable copy : ways(chain)) {
      assertThat(Stream.iterate(copy, each -> each != null, Throwable::getCause).count())
          .isEqualTo(Thrown.MAX_EXCEPTIONS);
    }
  }

  @Test
  void suppressed_exceptions_are_kept() {
    IllegalStateException thrown = new IllegalStateException("x");
    thrown.addSuppressed(new IOException("close failed"));
    for (Throwable copy : ways(thrown)) {
      assertThat(copy.getSuppressed())
          .singleElement()
          .isInstanceOf(IOException.class)
          .extracting(Throwable::getMessage)
          .isEqualTo("close failed");
    }
  }

  @Test
  void a_huge_message_is_cut() {
    for (Throwable copy : ways(new IllegalStateException("x".repeat(1 << 20)))) {
      assertThat(copy).isInstanceOf(IllegalStateException.class);
      assertThat(copy.getMessage()).hasSize(Thrown.MAX_MESSAGE_CHARS + 1).endsWith("…");
    }
  }

  static List<HoldfastException> failures() {
    return List.of(
        new CallTimeoutException("slow", Outcome.NOT_APPLIED),
        new CallTimeoutException("slow", Outcome.UNKNOWN),
        new ObjectResetException("reset", Outcome.UNKNOWN, new IOException("disk")),
        new StorageException("disk full", Outcome.NOT_APPLIED, true, null),
        new StorageException("disk broken", Outcome.UNKNOWN, false, null),
        new ObjectUnavailableException("starting", null),
        new ObjectOverloadedException("1000 events waiting"),
        new LimitExceededException("too long"),
        new RemoteException("a.B", "what", "a.B: what\n\tat a.B.c(B.java:1)\n"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void a_failure_of_the_platform_travels_whole(HoldfastException failure) {
    UnaryOperator<Thrown> wire = thrown -> exceptions.decode(exceptions.encode(thrown));
    for (UnaryOperator<Thrown> way : List.of(UnaryOperator.<Thrown>identity(), wire)) {
      Throwable copy = exceptions.rebuild(way.apply(exceptions.captureFailure(failure)), Set.of());
      assertThat(copy)
          .isExactlyInstanceOf(failure.getClass())
          .hasMessage(failure.getMessage())
          .isInstanceOfSatisfying(
              HoldfastException.class,
              same -> {
                assertThat(same.outcome()).isEqualTo(failure.outcome());
                assertThat(same.retryable()).isEqualTo(failure.retryable());
              });
      assertThat(remoteStack(copy)).isEqualTo(remoteStack(failure));
    }
  }

  private static @Nullable String remoteStack(Throwable thrown) {
    return thrown instanceof RemoteException remote ? remote.remoteStack() : null;
  }

  @ParameterizedTest
  @MethodSource("failures")
  void a_failure_that_object_code_let_out_does_not_say_that_its_own_call_was_not_applied(
      HoldfastException failure) {
    for (Throwable copy : ways(failure)) {
      assertThat(copy)
          .isInstanceOfSatisfying(
              HoldfastException.class,
              each -> assertThat(each.outcome()).isEqualTo(Outcome.UNKNOWN))
          .hasMessageEndingWith(String.valueOf(failure.getMessage()));
    }
  }

  @Test
  void a_type_that_is_named_in_the_bytes_is_looked_up_in_the_closed_list_alone() {
    Thrown foreign =
        new Thrown(
            List.of(UndeclaredThrowableException.class.getName(), "java.lang.Throwable"),
            "x",
            List.of(),
            null,
            List.of(),
            java.util.Map.of(),
            null);
    assertThat(exceptions.rebuild(exceptions.decode(exceptions.encode(foreign)), Set.of()))
        .isInstanceOf(RemoteException.class);
  }
}
