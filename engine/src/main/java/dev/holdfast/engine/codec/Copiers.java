// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ways to copy, and which one a type needs. */
final class Copiers {
  private Copiers() {}

  /** For deeply immutable types whose values are nested as deep as the type says. */
  record Same(Form form) implements Copier {
    @Override
    public @Nullable Object copy(@Nullable Object value) {
      return value;
    }

    @Override
    public @Nullable Object pack(@Nullable Object value) {
      return value;
    }

    @Override
    public @Nullable Object unpack(@Nullable Object packed) {
      return packed;
    }

    @Override
    public long weight(@Nullable Object packed) {
      return form.weigh(packed);
    }

    @Override
    public boolean weighsTheSame() {
      return form.weighsTheSame();
    }
  }

  /** For arrays whose elements are immutable. */
  record Clone(Class<?> type, Form form) implements Copier {
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

    @Override
    public @Nullable Object pack(@Nullable Object value) {
      return copy(value);
    }

    @Override
    public @Nullable Object unpack(@Nullable Object packed) {
      return copy(packed);
    }

    @Override
    public long weight(@Nullable Object packed) {
      return Form.OBJECT_BYTES
          + switch (packed) {
            case null -> 0;
            case byte[] array -> array.length;
            case boolean[] array -> array.length;
            case char[] array -> 2L * array.length;
            case short[] array -> 2L * array.length;
            case int[] array -> 4L * array.length;
            case float[] array -> 4L * array.length;
            case long[] array -> 8L * array.length;
            case double[] array -> 8L * array.length;
            case Object[] array ->
                Arrays.stream(array).mapToLong(form.parts().getFirst()::weigh).sum();
            default -> throw new AssertionError(type + " is no array");
          };
    }

    @Override
    public boolean weighsTheSame() {
      return false;
    }
  }

  /** For everything else. */
  record Recode(Codec codec, Type type) implements Copier {
    @Override
    public @Nullable Object copy(@Nullable Object value) {
      return unpack(pack(value));
    }

    @Override
    public byte[] pack(@Nullable Object value) {
      return codec.encode(value, type);
    }

    @Override
    public @Nullable Object unpack(@Nullable Object packed) {
      return codec.decode(bytes(packed), type);
    }

    @Override
    public long weight(@Nullable Object packed) {
      return (long) Form.OBJECT_BYTES + bytes(packed).length;
    }

    @Override
    public boolean weighsTheSame() {
      return false;
    }

    private static byte[] bytes(@Nullable Object packed) {
      return (byte[]) Objects.requireNonNull(packed, "null is packed as bytes too");
    }
  }

  static Copier of(Type type, Form form, Codec codec) {
    Set<Form> settled = new HashSet<>();
    if (shareable(form, new HashSet<>(), settled)) {
      return new Same(form);
    }
    if (type instanceof Class<?> array
        && array.isArray()
        && form.parts().stream().allMatch(part -> shareable(part, new HashSet<>(), settled))) {
      return new Clone(array, form);
    }
    return new Recode(codec, type);
  }

  /**
   * Whether nothing mutable can be reached, and no value holds another of its own type. Those that
   * do have any depth, and only the codec bounds it.
   *
   * @param above the forms that this one is a part of
   * @param settled forms that are known to be shareable
   */
  private static boolean shareable(Form form, Set<Form> above, Set<Form> settled) {
    if (settled.contains(form)) {
      return true;
    }
    if (form.mutable() || !above.add(form)) {
      return false;
    }
    boolean parts = form.parts().stream().allMatch(part -> shareable(part, above, settled));
    above.remove(form);
    if (parts) {
      settled.add(form);
    }
    return parts;
  }
}
