// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RoundTripTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 2_000 : 60;

  private final Codec codec = new Codec();

  @Test
  void every_value_comes_back_equal() {
    each(
        (type, value) -> {
          assertThat(codec.decode(codec.encode(value, type), type)).isEqualTo(value);
          assertThat(codec.decode(codec.encode(value), type)).isEqualTo(value);
        });
  }

  @Test
  void the_bytes_depend_on_the_value_alone() {
    each((type, value) -> assertThat(codec.encode(value)).isEqualTo(codec.encode(value, type)));
  }

  @Test
  void a_copy_is_equal() {
    each((type, value) -> assertThat(codec.copierOf(type).copy(value)).isEqualTo(value));
  }

  @Test
  void arrays_come_back_with_equal_elements() {
    long seed = Samples.seed();
    Samples samples = new Samples(seed);
    for (int i = 0; i < ROUNDS; i++) {
      Object value = samples.value(Model.Arrays.class);
      Object copy = codec.decode(codec.encode(value), Model.Arrays.class);
      assertThat(Arrays.deepEquals(parts(copy), parts(value)))
          .as("seed %d, round %d", seed, i)
          .isTrue();
    }
  }

  private static Object[] parts(@Nullable Object arrays) {
    return Objects.requireNonNull((Model.Arrays) arrays).parts();
  }

  private void each(Check check) {
    long seed = Samples.seed();
    Samples samples = new Samples(seed);
    for (int i = 0; i < ROUNDS; i++) {
      for (Type type : Model.comparable()) {
        Object value = samples.value(type);
        try {
          check.check(type, value);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("seed " + seed + ", round " + i + ", " + type + ": " + value, e);
        }
      }
    }
  }

  private interface Check {
    void check(Type type, @Nullable Object value);
  }
}
