// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A type with its type variables replaced by what they stand for. A value type, so that each type
 * has one form however it was come by.
 *
 * @param raw the class; for {@link #UNKNOWN} the class {@code Unknown}
 * @param arguments what the type parameters of {@code raw} stand for, in order; for an array its
 *     element type
 */
record BoundType(Class<?> raw, List<BoundType> arguments) {
  /** Stands for a type argument that is not there: a raw type, {@code ?}, or erased. */
  static final BoundType UNKNOWN = new BoundType(Unknown.class, List.of());

  /**
   * Types nested deeper are refused: a record may mention itself with an ever longer type argument.
   */
  static final int MAX_DEPTH = 16;

  private static final class Unknown {}

  /** A type in which no type variables stand for anything. */
  static BoundType of(Type type) {
    return of(type, Map.of());
  }

  /** A class of whose type arguments nothing is known. */
  static BoundType erased(Class<?> type) {
    return new BoundType(
        type,
        type.isArray()
            ? List.of(of(type.componentType()))
            : Collections.nCopies(type.getTypeParameters().length, UNKNOWN));
  }

  /** A type in which type variables stand for what {@code bindings} says. */
  static BoundType of(Type type, Map<TypeVariable<?>, BoundType> bindings) {
    return switch (type) {
      case Class<?> raw -> erased(raw);
      case ParameterizedType parameterized ->
          new BoundType(
              (Class<?>) parameterized.getRawType(),
              Arrays.stream(parameterized.getActualTypeArguments())
                  .map(argument -> of(argument, bindings))
                  .toList());
      case GenericArrayType array -> {
        BoundType element = of(array.getGenericComponentType(), bindings);
        Class<?> component = element.equals(UNKNOWN) ? Object.class : element.raw;
        yield new BoundType(component.arrayType(), List.of(element));
      }
      case WildcardType wildcard -> {
        Type bound = wildcard.getUpperBounds()[0];
        yield bound == Object.class ? UNKNOWN : of(bound, bindings);
      }
      case TypeVariable<?> variable -> bindings.getOrDefault(variable, UNKNOWN);
      default -> throw new IllegalArgumentException("unknown kind of type: " + type);
    };
  }

  /** What the type parameters of {@link #raw} stand for. */
  Map<TypeVariable<?>, BoundType> bindings() {
    Map<TypeVariable<?>, BoundType> bindings = new HashMap<>();
    TypeVariable<?>[] parameters = raw.getTypeParameters();
    for (int i = 0; i < parameters.length; i++) {
      bindings.put(parameters[i], arguments.get(i));
    }
    return bindings;
  }

  /**
   * The type of {@code subclass}, a direct subclass of this one, with those of its type parameters
   * bound that it passes on to this one.
   */
  BoundType subclass(Class<?> subclass) {
    Map<TypeVariable<?>, BoundType> bindings = new HashMap<>();
    for (Type parent : subclass.getGenericInterfaces()) {
      if (parent instanceof ParameterizedType parameterized && parameterized.getRawType() == raw) {
        Type[] passed = parameterized.getActualTypeArguments();
        for (int i = 0; i < passed.length; i++) {
          if (passed[i] instanceof TypeVariable<?> variable) {
            bindings.put(variable, arguments.get(i));
          }
        }
      }
    }
    List<BoundType> bound = new ArrayList<>();
    for (TypeVariable<?> parameter : subclass.getTypeParameters()) {
      bound.add(bindings.getOrDefault(parameter, UNKNOWN));
    }
    return new BoundType(subclass, List.copyOf(bound));
  }

  boolean tooDeep() {
    return depth() > MAX_DEPTH;
  }

  private int depth() {
    return 1 + arguments.stream().mapToInt(BoundType::depth).max().orElse(0);
  }

  @Override
  public String toString() {
    if (equals(UNKNOWN)) {
      return "?";
    }
    if (raw.isArray() || arguments.isEmpty()) {
      return raw.getTypeName();
    }
    return raw.getTypeName() + arguments.toString().replace('[', '<').replace(']', '>');
  }
}
