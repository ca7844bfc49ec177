// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import dev.holdfast.engine.ObjectClass;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AccessFlag;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What an interface must be like to be called remotely: judged when it is registered. */
@SuppressWarnings("unused") // the interfaces are looked at, not called
final class RemoteInterfaceTest {
  private static final class Anything extends DurableObject {
    Anything(ObjectContext ctx) {
      super(ctx);
    }
  }

  private static <T> String refusal(Class<T> type) {
    IllegalArgumentException refused =
        catchThrowableOfType(
            IllegalArgumentException.class,
            () -> new Node(new ObjectClass<>("X", type, Anything::new)).close());
    return refused == null ? "taken" : String.valueOf(refused.getMessage());
  }

  private static void assertRefused(Class<?> type, String... why) {
    assertThat(refusal(type))
        .startsWith("namespace X: " + type.getName() + " cannot be a remote interface:")
        .contains(why);
  }

  private static void assertTaken(Class<?> type) {
    assertThat(refusal(type)).isEqualTo("taken");
  }

  // ---------------------------------------------------------------- kinds of types

  abstract static class AbstractClass {
    abstract long value();
  }

  sealed interface Sealed permits Permitted {}

  record Permitted() implements Sealed {}

  enum Constants {
    ONE
  }

  @interface Note {}

  @Test
  void only_plain_interfaces_are_taken() {
    for (Class<?> type :
        List.of(
            AbstractClass.class,
            String.class,
            long.class,
            Permitted.class,
            Constants.class,
            Sealed.class,
            Note.class,
            Object[].class)) {
      assertRefused(type, "it is not a plain, unsealed interface");
    }
  }

  @Test
  void interfaces_of_java_are_refused_since_they_have_no_remote_method() {
    assertRefused(
        Supplier.class,
        "methods that java.* declares are not remote; declare an interface of yours");
  }

  @SuppressWarnings("Finalize") // the very thing to be refused
  interface Finalizing {
    void finalize();
  }

  @Test
  void finalize_is_refused_since_it_would_be_called_whenever_a_stub_is_collected() {
    assertRefused(Finalizing.class, "finalize would be called by the garbage collector; rename it");
  }

  // ---------------------------------------------------------------- methods that are taken

  enum Level {
    LOW
  }

  record Item(String name, List<Item> parts, Optional<Instant> at) {}

  sealed interface Shape permits Circle {}

  record Circle(double radius) implements Shape {}

  interface Rich {
    void nothing();

    Void nothingEither();

    long sum(int a, Long b, byte[] bytes, long... rest);

    Map<String, List<Item>> items(Item item, Level level, Shape shape, int[][] grid);

    Optional<Item> find(String name) throws java.io.IOException;

    CompletionStage<Void> later();

    CompletableFuture<List<Item>> laterItems();

    default String twice(String text) {
      return text + text;
    }

    static Object helper(Object anything) {
      return anything;
    }
  }

  @Test
  void data_of_every_kind_is_taken() {
    assertTaken(Rich.class);
  }

  interface NoMethods {}

  @SuppressWarnings("try") // that close may be interrupted is the compiler's worry, not ours
  interface Closing extends AutoCloseable, Comparable<Closing>, Supplier<Object> {
    long value();
  }

  interface RedeclaresObject {
    long value();

    @Override
    boolean equals(Object other);

    @Override
    int hashCode();

    @Override
    String toString();
  }

  interface Sorting extends Comparator<String> {
    long value();
  }

  @Test
  void methods_of_java_and_of_Object_are_not_remote_and_so_not_judged() {
    assertTaken(NoMethods.class);
    assertTaken(Closing.class);
    assertTaken(RedeclaresObject.class);
    assertTaken(Sorting.class);
  }

  interface Parent {
    Object takesAnything(Runnable action);
  }

  interface Child extends Parent {
    long value();
  }

  @Test
  void methods_of_super_interfaces_are_remote_and_so_judged() {
    assertRefused(
        Child.class,
        "parameter 1 of takesAnything: java.lang.Runnable cannot be encoded",
        "the result of takesAnything: java.lang.Object cannot be encoded");
  }

  // ---------------------------------------------------------------- methods that are refused

  interface Unencodable {
    void takes(Thread thread);

    Iterable<String> gives();

    void deep(Map<String, List<Runnable>> actions);

    CompletionStage<Thread> later();

    CompletionStage<?> unknown();

    @SuppressWarnings("rawtypes")
    CompletionStage raw();

    void wildcard(List<?> anything);
  }

  @Test
  void each_type_that_cannot_be_encoded_is_named_with_its_method() {
    assertRefused(
        Unencodable.class,
        "parameter 1 of takes: java.lang.Thread cannot be encoded",
        "the result of gives: java.lang.Iterable",
        "parameter 1 of deep: at [a value][]: java.lang.Runnable cannot be encoded",
        "the result of later: java.lang.Thread cannot be encoded",
        "the result of unknown: ",
        "the result of raw: ",
        "parameter 1 of wildcard: ");
  }

  interface Generic {
    <T> T echo(T value);

    <T extends Item> void put(List<T> items);

    <X extends Exception> void fails() throws X;
  }

  @Test
  void generic_methods_are_refused() {
    assertRefused(
        Generic.class,
        "echo is generic: T is gone at run time; declare the actual type",
        "put is generic: T is gone at run time; declare the actual type",
        "fails is generic: X is gone at run time; declare the actual type");
  }

  interface Box<T> {
    void put(T value);

    List<T> all();
  }

  interface TextBox extends Box<String> {}

  interface RedeclaringTextBox extends Box<String> {
    @Override
    void put(String value);

    @Override
    List<String> all();
  }

  @Test
  void type_parameters_of_an_interface_are_refused_unless_the_methods_are_declared_again() {
    assertRefused(
        Box.class,
        "parameter 1 of put mentions T, a type parameter that is gone at run time;"
            + " declare the method with the actual type");
    assertRefused(
        TextBox.class,
        "parameter 1 of put mentions T, a type parameter that is gone at run time",
        "the result of all mentions T, a type parameter that is gone at run time");
    assertTaken(RedeclaringTextBox.class);
  }

  interface Left {
    void take(List<String> texts);
  }

  interface Right {
    void take(List<Long> numbers);
  }

  interface Overloads {
    void take(String text);

    void take(long number);

    void take(List<String> texts);

    void take(String text, String other);
  }

  @Test
  void overloads_are_taken() {
    assertTaken(Overloads.class);
  }

  /** What no compiler makes, but what may come about when a library is exchanged. */
  @Test
  void methods_that_differ_only_in_type_arguments_are_refused() throws IllegalAccessException {
    ClassDesc clash = ClassDesc.of(RemoteInterfaceTest.class.getPackageName(), "Clash");
    byte[] bytes =
        ClassFile.of()
            .build(
                clash,
                builder ->
                    builder
                        .withFlags(AccessFlag.INTERFACE, AccessFlag.ABSTRACT)
                        .withInterfaceSymbols(
                            List.of(
                                Left.class.describeConstable().orElseThrow(),
                                Right.class.describeConstable().orElseThrow())));
    Class<?> type = MethodHandles.lookup().defineClass(bytes);

    assertRefused(
        type,
        "take(java.util.List<java.lang.String>)",
        "take(java.util.List<java.lang.Long>)",
        " differ only in their types, and a caller of one would reach the other; rename one");
  }

  interface Inherited {
    long value();
  }

  interface AlsoInherited {
    long value();
  }

  interface Diamond extends Inherited, AlsoInherited {}

  @Test
  void the_same_method_of_two_super_interfaces_is_taken() {
    assertTaken(Diamond.class);
  }

  @Test
  void all_problems_are_said_at_once_and_one_line_each() {
    assertThat(refusal(Unencodable.class).lines()).hasSize(8);
  }
}
