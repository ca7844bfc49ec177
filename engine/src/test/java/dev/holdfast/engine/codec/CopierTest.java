// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ObjectId;
import dev.holdfast.TypeRef;
import dev.holdfast.engine.codec.Model.Circle;
import dev.holdfast.engine.codec.Model.Shape;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CopierTest {
  private final Codec codec = new Codec();

  @ParameterizedTest
  @ValueSource(
      classes = {
        long.class,
        String.class,
        Shape.class,
        Model.Flag.class,
        Model.Calendar.class,
        Model.Times.class,
        ObjectId.class,
        void.class
      })
  void deeply_immutable_values_are_their_own_copies(Class<?> type) {
    Copier copier = codec.copierOf(type);
    Object value = new Object();
    assertThat(copier.sharesValues()).isTrue();
    assertThat(copier.copy(value)).isSameAs(value);
    assertThat(copier.copy(null)).isNull();
  }

  @Test
  void type_arguments_decide_whether_a_generic_record_is_immutable() {
    assertThat(shares(new TypeRef<Model.Ok<String>>() {}.type())).isTrue();
    assertThat(shares(new TypeRef<Model.Result<Shape>>() {}.type())).isTrue();
    assertThat(shares(new TypeRef<Optional<Shape>>() {}.type())).isTrue();
    assertThat(shares(new TypeRef<Model.Ok<byte[]>>() {}.type())).isFalse();
    assertThat(shares(new TypeRef<Optional<List<String>>>() {}.type())).isFalse();
    assertThat(shares(Model.Ok.class)).isFalse();
  }

  private boolean shares(Type type) {
    return codec.copierOf(type).sharesValues();
  }

  @Test
  void an_immutable_record_that_may_hold_another_of_its_type_is_copied_since_it_has_any_depth() {
    assertThat(shares(Model.Immutable.class)).isFalse();
  }

  @Test
  void a_mutable_value_is_copied_to_the_ground() {
    List<Model.Tree> children = new ArrayList<>();
    children.add(new Model.Tree("leaf", new ArrayList<>(), Optional.empty()));
    Model.Tree tree = new Model.Tree("root", children, Optional.empty());
    Object copy = codec.copierOf(Model.Tree.class).copy(tree);
    assertThat(copy).isEqualTo(tree);
    children.getFirst().children().add(tree);
    assertThat(copy).isNotEqualTo(tree);
  }

  @Test
  void arrays_are_cloned_as_what_they_were_declared() {
    byte[] bytes = {1, 2};
    assertThat(codec.copierOf(byte[].class).copy(bytes)).isEqualTo(bytes).isNotSameAs(bytes);
    Circle[] circles = {new Circle(1)};
    Object copy = codec.copierOf(Shape[].class).copy(circles);
    assertThat(copy).isEqualTo(circles).isInstanceOf(Shape[].class).isNotInstanceOf(Circle[].class);
    long[][] grid = {{1}, {2, 3}};
    long[][] second = (long[][]) codec.copierOf(long[][].class).copy(grid);
    assertThat(second).isDeepEqualTo(grid);
    assertThat(second == null ? grid[0] : second[0]).isNotSameAs(grid[0]);
  }

  @Test
  void what_cannot_be_encoded_cannot_be_copied() {
    assertThatThrownBy(() -> codec.copierOf(Thread.class).copy(new Thread()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Thread");
    assertThatThrownBy(() -> codec.copierOf(int[].class).copy("text"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected int[], found a java.lang.String");
  }
}
