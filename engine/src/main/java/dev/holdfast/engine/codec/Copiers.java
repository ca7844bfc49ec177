// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ways to copy, and which one a type needs. */
final class Copiers {
  private Copiers() {}

  /** For deeply immutable types. */
  record Same() implements Copier {
    @Override
    public @Nullable Object copy(@Nullable Object value) {
      return value;
    }
  }

  /** For arrays whose elements are immutable. */
  record Clone(Class<?> type) implements Copier {
    @Override
    public @Nullable Object copy(@Nullable Object value) {
      if (value != null && !type.isInstance(value)) {
        throw new IllegalArgumentException(
            "expected " + type.getTypeName() + ", found a " + value.getClass().getTypeName());
      }
      return switch (value) {
        case null -> null;
        case byte[] array -> array.clone();
        case int[] array -> array.clone();
        case long[] array -> array.clone();
        case double[] array -> array.clone();
        case boolean[] array -> array.clone();
        case char[] array -> array.clone();
        case short[] array -> array.clone();
        case float[] array -> array.clone();
        case Object[] array -> Arrays.copyOf(array, array.length, type.asSubclass(Object[].class));
        default -> throw new AssertionError(type + " is no array");
      };
    }
  }

  /** For everything else. */
  record Recode(Codec codec, Type type) implements Copier {
    @Override
    public @Nullable Object copy(@Nullable Object value) {
      return codec.decode(codec.encode(value, type), type);
    }
  }

  static Copier of(Type type, Form form, Codec codec) {
    if (immutable(form, new HashSet<>())) {
      return new Same();
    }
    if (type instanceof Class<?> array && array.isArray() && elementsImmutable(form)) {
      return new Clone(array);
    }
    return new Recode(codec, type);
  }

  private static boolean elementsImmutable(Form array) {
    Set<Form> seen = new HashSet<>();
    return array.parts().stream().allMatch(element -> immutable(element, seen));
  }

  /** Whether nothing mutable can be reached. A form met before says nothing new. */
  private static boolean immutable(Form form, Set<Form> seen) {
    return !seen.add(form)
        || (!form.mutable() && form.parts().stream().allMatch(part -> immutable(part, seen)));
  }
}
