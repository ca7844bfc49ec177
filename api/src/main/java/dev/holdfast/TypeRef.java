// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Objects;

/**
 * A generic type kept for run time: {@code new TypeRef<List<Item>>() {}}. Immutable; two references
 * to the same type are equal.
 */
public abstract class TypeRef<T> {
  private final Type type;

  /** Captures the type argument of the subclass. */
  protected TypeRef() {
    if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parameterized)
        || parameterized.getRawType() != TypeRef.class) {
      throw new IllegalArgumentException(
          getClass().getName() + " does not say its type; write new TypeRef<List<Item>>() {}");
    }
    Type argument = parameterized.getActualTypeArguments()[0];
    if (argument instanceof TypeVariable<?>) {
      throw new IllegalArgumentException(
          "new TypeRef<" + argument + ">() {} names a type variable, which is gone at run time");
    }
    this.type = argument;
  }

  private TypeRef(Class<T> type) {
    this.type = Objects.requireNonNull(type, "type");
  }

  /** A reference to a class without type parameters. */
  public static <T> TypeRef<T> of(Class<T> type) {
    return new TypeRef<>(type) {};
  }

  /** The captured type. */
  public final Type type() {
    return type;
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof TypeRef<?> that && type.equals(that.type);
  }

  @Override
  public final int hashCode() {
    return type.hashCode();
  }

  @Override
  public final String toString() {
    return type.getTypeName();
  }
}
