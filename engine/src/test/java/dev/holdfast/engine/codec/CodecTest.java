// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.TypeRef;
import java.lang.reflect.Type;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CodecTest {
  private final Codec codec = new Codec();

  sealed interface Shape permits Circle, Polygon {}

  sealed interface Polygon extends Shape permits Square, Flag {}

  record Circle(double radius) implements Shape {}

  record Square(double side) implements Polygon {}

  enum Flag implements Polygon {
    FRENCH,
    SWISS {
      @Override
      boolean square() {
        return true;
      }
    };

    boolean square() {
      return false;
    }
  }

  record Member(String name, int age, Optional<String> nick, Instant since) {}

  record Room(String title, List<Member> members, Map<Flag, Integer> votes, Shape shape) {}

  record Tree(String name, List<Tree> children) {}

  record Page<T>(List<T> items, @Nullable T pinned) {}

  private @Nullable Object roundTrip(Object value, Type type) {
    return codec.decode(codec.encode(value), type);
  }

  @Test
  void a_record_comes_back_equal() {
    Room room =
        new Room(
            "tea",
            List.of(
                new Member("Ada", 36, Optional.of("A"), Instant.parse("2026-01-02T03:04:05.6Z"))),
            Map.of(Flag.SWISS, 3, Flag.FRENCH, 4),
            Flag.SWISS);
    assertThat(roundTrip(room, Room.class)).isEqualTo(room);
  }

  @Test
  void sealed_elements_of_a_raw_list_come_back_under_the_list_of_the_interface() {
    List<Shape> shapes = List.of(new Circle(1), new Square(2), Flag.FRENCH, Flag.SWISS);
    assertThat(roundTrip(shapes, new TypeRef<List<Shape>>() {}.type())).isEqualTo(shapes);
    assertThat(roundTrip(new Page<>(shapes, shapes.get(1)), new TypeRef<Page<Shape>>() {}.type()))
        .isEqualTo(new Page<>(shapes, shapes.get(1)));
    assertThat(roundTrip(new Circle(3), Circle.class)).isEqualTo(new Circle(3));
    assertThat(roundTrip(new Circle(3), Shape.class)).isEqualTo(new Circle(3));
    assertThat(roundTrip(Flag.SWISS, Flag.class)).isEqualTo(Flag.SWISS);
  }

  @Test
  void a_number_is_read_as_any_type_that_holds_it() {
    assertThat(roundTrip(5, Long.class)).isEqualTo(5L);
    assertThat(roundTrip(5L, Integer.class)).isEqualTo(5);
    assertThat(roundTrip(5L, double.class)).isEqualTo(5.0);
    assertThatThrownBy(() -> roundTrip(1L << 40, Integer.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1099511627776")
        .hasMessageContaining("int");
  }

  @Test
  void what_cannot_be_encoded_is_named_with_its_place() {
    Map<String, Object> map = new HashMap<>();
    map.put("a", List.of("x", new Thread()));
    assertThatThrownBy(() -> codec.encode(map))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[\"a\"][1]")
        .hasMessageContaining("java.lang.Thread");
  }

  @Test
  void a_value_that_contains_itself_is_refused() {
    List<Tree> children = new ArrayList<>();
    Tree tree = new Tree("root", children);
    children.add(tree);
    assertThatThrownBy(() -> codec.encode(tree))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Tree")
        .hasMessageContaining("contain itself");
  }

  @Test
  void maps_of_any_key_keep_their_order() {
    Map<@Nullable Object, String> map = new LinkedHashMap<>();
    map.put(ZonedDateTime.parse("2026-10-25T02:30:00+01:00[Europe/Berlin]"), "b");
    map.put(null, "n");
    assertThat(roundTrip(map, new TypeRef<Map<ZonedDateTime, String>>() {}.type())).isEqualTo(map);
  }
}
