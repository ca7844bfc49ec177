// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.LimitExceededException;
import dev.holdfast.TypeRef;
import dev.holdfast.engine.codec.Model.Circle;
import dev.holdfast.engine.codec.Model.Flag;
import dev.holdfast.engine.codec.Model.Page;
import dev.holdfast.engine.codec.Model.Result;
import dev.holdfast.engine.codec.Model.Shape;
import dev.holdfast.engine.codec.Model.Square;
import dev.holdfast.engine.codec.Model.Tree;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CodecTest {
  private final Codec codec = new Codec();

  record Old(String name, int age, String gone, List<Shape> shapes) {}

  record New(
      String name,
      long age,
      @Nullable String added,
      List<Shape> list,
      Set<String> set,
      Map<String, String> map,
      Optional<String> optional,
      @Nullable Integer number) {}

  record Demanding(String name, int added) {}

  record Refusing(int age) {
    Refusing {
      if (age < 18) {
        throw new IllegalArgumentException("too young: " + age);
      }
    }
  }

  record Holder(String name, Object anything) {}

  record Maybe(Optional<String> optional, @Nullable String text) {}

  record Chain(@Nullable Chain next) {}

  private @Nullable Object roundTrip(@Nullable Object value, Type type) {
    return codec.decode(codec.encode(value), type);
  }

  @Test
  void sealed_elements_of_a_raw_list_come_back_under_the_list_of_the_interface() {
    List<Shape> shapes = List.of(new Circle(1), new Square(2), Flag.FRENCH, Flag.SWISS);
    assertThat(roundTrip(shapes, new TypeRef<List<Shape>>() {}.type())).isEqualTo(shapes);
    assertThat(roundTrip(new Page<>(shapes, shapes.get(1)), new TypeRef<Page<Shape>>() {}.type()))
        .isEqualTo(new Page<>(shapes, shapes.get(1)));
    assertThat(roundTrip(Optional.of(Flag.SWISS), new TypeRef<Optional<Shape>>() {}.type()))
        .isEqualTo(Optional.of(Flag.SWISS));
  }

  @Test
  void a_permitted_subclass_comes_back_under_its_own_class_too() {
    assertThat(roundTrip(new Circle(3), Circle.class)).isEqualTo(new Circle(3));
    assertThat(roundTrip(new Circle(3), Shape.class)).isEqualTo(new Circle(3));
    assertThat(roundTrip(Flag.SWISS, Flag.class)).isEqualTo(Flag.SWISS);
  }

  @Test
  void a_sealed_interface_passes_its_type_arguments_on() {
    Result<List<Shape>> result = new Model.Ok<>(List.of(new Square(2)));
    assertThat(roundTrip(result, new TypeRef<Result<List<Shape>>>() {}.type())).isEqualTo(result);
    Result<Shape> failed = new Model.Failed<>("no");
    assertThat(roundTrip(failed, new TypeRef<Result<Shape>>() {}.type())).isEqualTo(failed);
  }

  @Test
  void a_type_id_outside_the_permitted_subclasses_is_refused() {
    byte[] bytes = codec.encode(new Model.Ok<>(1));
    assertThatThrownBy(() -> codec.decode(bytes, Shape.class))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("'Ok' is no permitted subclass of " + Shape.class.getTypeName())
        .hasMessageContaining("Circle");
  }

  @Test
  void null_comes_back_as_null_but_not_as_a_primitive() {
    assertThat(roundTrip(null, Long.class)).isNull();
    assertThat(roundTrip(null, Shape.class)).isNull();
    assertThat(roundTrip(null, void.class)).isNull();
    assertThatThrownBy(() -> roundTrip(null, int.class))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("expected int, found null");
  }

  @Test
  void a_number_is_read_as_any_type_that_holds_it_exactly() {
    assertThat(roundTrip(5, Long.class)).isEqualTo(5L);
    assertThat(roundTrip(5L, Integer.class)).isEqualTo(5);
    assertThat(roundTrip(5L, double.class)).isEqualTo(5.0);
    assertThat(roundTrip(5.0, Long.class)).isEqualTo(5L);
    assertThat(roundTrip(5.5, float.class)).isEqualTo(5.5f);
    assertThat(roundTrip(BigInteger.TEN, Byte.class)).isEqualTo((byte) 10);
    assertThat(roundTrip(7, BigInteger.class)).isEqualTo(BigInteger.valueOf(7));
  }

  @Test
  void a_number_that_does_not_fit_is_refused() {
    assertRefused(1L << 40, Integer.class, "found 1099511627776, which a int cannot hold exactly");
    assertRefused(5.5, Long.class, "5.5");
    assertRefused(Double.NaN, Long.class, "NaN");
    assertRefused(-0.0, Long.class, "-0.0");
    assertRefused(Long.MAX_VALUE, Double.class, "9223372036854775807");
    assertRefused(0x1p63, Long.class, "9.22");
    assertRefused(1e300, Float.class, "1.0E300");
    assertRefused(BigInteger.TWO.pow(64), Long.class, "65 bits");
  }

  private void assertRefused(Object value, Class<?> type, String message) {
    assertThatThrownBy(() -> roundTrip(value, type))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void components_that_come_and_go_leave_old_bytes_readable() {
    byte[] bytes = codec.encode(new Old("Ada", 36, "x", List.of(new Circle(1))));
    assertThat(codec.decode(bytes, New.class))
        .isEqualTo(new New("Ada", 36, null, List.of(), Set.of(), Map.of(), Optional.empty(), null));
  }

  @Test
  void a_missing_primitive_is_an_error_that_names_it() {
    byte[] bytes = codec.encode(new Old("Ada", 36, "x", List.of()));
    assertThatThrownBy(() -> codec.decode(bytes, Demanding.class))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("at .added: missing, and a int has no null");
  }

  @Test
  void a_text_may_become_optional_and_cease_to_be() {
    assertThat(codec.decode(codec.encode(Map.of("optional", "a", "text", "b")), Maybe.class))
        .isEqualTo(new Maybe(Optional.of("a"), "b"));
    Map<String, Optional<String>> map = Map.of("text", Optional.of("b"));
    assertThat(codec.decode(codec.encode(map), Maybe.class))
        .isEqualTo(new Maybe(Optional.empty(), "b"));
  }

  @Test
  void a_constructor_that_refuses_is_named_and_is_the_cause() {
    byte[] bytes = codec.encode(Map.of("age", 17));
    assertThatThrownBy(() -> codec.decode(bytes, Refusing.class))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("Refusing refused the components")
        .hasMessageContaining("too young: 17")
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void what_cannot_be_encoded_is_named_with_its_place() {
    Map<String, Object> map = new HashMap<>();
    map.put("a", List.of("x", new Thread()));
    assertThatThrownBy(() -> codec.encode(map))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[\"a\"][1]: java.lang.Thread cannot be encoded")
        .hasMessageContaining("use a record");
    Runnable lambda = () -> {};
    assertThatThrownBy(() -> codec.encode(lambda)).hasMessageContaining("lambda");
    assertThatThrownBy(() -> codec.encode(new ByteArrayInputStream(new byte[0])))
        .hasMessageContaining("java.io.ByteArrayInputStream");
    assertThatThrownBy(() -> codec.encode(new Holder("x", "y")))
        .hasMessageContaining("at .anything: java.lang.Object cannot be encoded");
  }

  @Test
  void what_would_come_back_changed_is_refused() {
    SortedSet<String> set = new TreeSet<>(Comparator.reverseOrder());
    assertThatThrownBy(() -> codec.encode(set))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("LinkedHashSet");
    assertThatThrownBy(() -> codec.encode(List.of(Optional.of(Optional.of(1)))))
        .hasMessageContaining("[0]: an Optional in an Optional");
    assertThatThrownBy(() -> codec.encode(withoutOptional()))
        .hasMessageContaining("at .optional: null instead of an Optional");
  }

  @SuppressWarnings({"NullAway", "NullOptional"}) // the mistake that the codec is to find
  private static Maybe withoutOptional() {
    return new Maybe(null, "");
  }

  @Test
  void a_value_of_another_type_than_declared_is_refused() {
    assertThatThrownBy(() -> codec.encode("text", Shape.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "expected " + Shape.class.getTypeName() + ", found a java.lang.String");
    assertThatThrownBy(() -> codec.encode(List.of(1), new TypeRef<List<String>>() {}.type()))
        .hasMessageContaining("at [0]: expected java.lang.String, found a java.lang.Integer");
  }

  @Test
  void a_raw_type_can_be_written_but_not_read() {
    byte[] bytes = codec.encode(List.of("a"));
    assertThatThrownBy(() -> codec.decode(bytes, List.class))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("TypeRef");
  }

  @Test
  void a_value_that_contains_itself_is_refused() {
    List<Tree> children = new ArrayList<>();
    Tree tree = new Tree("root", children, Optional.empty());
    children.add(tree);
    assertThatThrownBy(() -> codec.encode(tree))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Tree")
        .hasMessageContaining("contain itself");
    Map<String, Object> map = new HashMap<>();
    map.put("self", map);
    assertThatThrownBy(() -> codec.encode(map)).hasMessageContaining("contain itself");
    Object[] array = new Object[1];
    array[0] = array;
    assertThatThrownBy(() -> codec.encode(array)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void what_is_nested_as_deep_as_allowed_comes_back() {
    Chain chain = new Chain(null);
    for (int i = 1; i < Codec.MAX_DEPTH; i++) {
      chain = new Chain(chain);
    }
    assertThat(roundTrip(chain, Chain.class)).isEqualTo(chain);
    Chain tooDeep = new Chain(chain);
    assertThatThrownBy(() -> codec.encode(tooDeep))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("deeper than 500 levels");
  }

  @ParameterizedTest
  @ValueSource(ints = {99, 100, 17_000})
  void a_value_over_the_limit_is_refused(int length) {
    Codec small = new Codec(100);
    List<String> list = List.of("x".repeat(length));
    assertThatThrownBy(() -> small.encode(list)).isInstanceOf(LimitExceededException.class);
    assertThatThrownBy(() -> small.encode("x".repeat(length)))
        .isInstanceOf(LimitExceededException.class)
        .hasMessageContaining("limit 100");
    assertThat(small.encode("x".repeat(98))).hasSize(100);
  }

  @Test
  void maps_of_any_key_keep_their_order() {
    Map<@Nullable Object, String> map = new LinkedHashMap<>();
    map.put(ZonedDateTime.parse("2026-10-25T02:30:00+01:00[Europe/Berlin]"), "b");
    map.put(null, "n");
    map.put(ZonedDateTime.parse("2026-10-25T02:30:00+02:00[Europe/Berlin]"), "a");
    Type type = new TypeRef<Map<ZonedDateTime, String>>() {}.type();
    assertThat(Objects.requireNonNull((Map<?, ?>) roundTrip(map, type)).entrySet())
        .isEqualTo(map.entrySet())
        .extracting(entry -> (Object) entry.getValue())
        .containsExactly("b", "n", "a");
  }

  @Test
  void what_is_read_can_be_changed() {
    Type type = new TypeRef<Set<Integer>>() {}.type();
    Set<Object> set =
        new LinkedHashSet<>((Set<?>) Objects.requireNonNull(roundTrip(Set.of(1), type)));
    assertThat(set.add(2)).isTrue();
  }

  @Test
  void the_problems_of_a_type_are_found_before_any_value_is_there() {
    assertThat(codec.problems(Model.Immutable.class)).isEmpty();
    assertThat(codec.problems(new TypeRef<Map<Shape, Page<Tree>>>() {}.type())).isEmpty();
    assertThat(codec.problems(void.class)).isEmpty();
    assertThat(codec.problems(InputStream.class)).singleElement().asString().contains("record");
    assertThat(codec.problems(Holder.class))
        .singleElement()
        .asString()
        .startsWith("at .anything: java.lang.Object cannot be encoded");
    assertThat(codec.problems(List.class)).singleElement().asString().contains("TypeRef");
    assertThat(codec.problems(Number.class)).hasSize(1);
    assertThat(codec.problems(new TypeRef<Map<Thread, List<Runnable>>>() {}.type()))
        .satisfiesExactly(
            key -> assertThat(key).startsWith("at [a key]: java.lang.Thread"),
            value -> assertThat(value).startsWith("at [a value][]: java.lang.Runnable"));
  }

  sealed interface Ambiguous permits Ambiguous.Left, Ambiguous.Right {
    record Same(int a) implements Left {}

    sealed interface Left extends Ambiguous permits Same {}

    sealed interface Right extends Ambiguous permits Other.Same {}
  }

  static final class Other {
    record Same(int b) implements Ambiguous.Right {}
  }

  sealed interface Open permits Ajar {}

  non-sealed interface Ajar extends Open {}

  record Nest<T>(@Nullable Nest<List<T>> inner) {}

  @Test
  void types_that_could_not_be_told_apart_are_refused() {
    assertThat(codec.problems(Ambiguous.class))
        .singleElement()
        .asString()
        .contains("two subclasses of the simple name Same")
        .contains("Other");
    assertThat(codec.problems(Open.class)).singleElement().asString().contains("Ajar");
    assertThat(codec.problems(new TypeRef<Nest<String>>() {}.type()))
        .singleElement()
        .asString()
        .contains("nested deeper");
  }

  @Test
  void many_threads_may_meet_a_type_at_once() throws InterruptedException {
    Page<Shape> page = new Page<>(List.of(new Circle(1), Flag.FRENCH), null);
    Type type = new TypeRef<Page<Shape>>() {}.type();
    List<Object> results = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> results.add(Objects.requireNonNull(roundTrip(page, type)))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(results).hasSize(64).containsOnly(page);
  }
}
