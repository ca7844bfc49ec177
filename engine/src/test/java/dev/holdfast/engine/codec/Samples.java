// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Random values of any type that the codec knows, extremes more often than chance has them. */
final class Samples {
  private static final int MAX_DEPTH = 4;

  private final Random random;
  private final LeafSamples leaves;

  /** The seed to replay, given with {@code -Dholdfast.seed}, or a new one. */
  static long seed() {
    return Long.getLong("holdfast.seed", System.nanoTime());
  }

  Samples(long seed) {
    this.random = new Random(seed);
    this.leaves = new LeafSamples(random);
  }

  @Nullable Object value(Type type) {
    return value(type, Map.of(), 0);
  }

  private @Nullable Object value(Type type, Map<TypeVariable<?>, Type> bindings, int depth) {
    Class<?> raw = raw(type, bindings);
    boolean nullable = !raw.isPrimitive() && raw != Optional.class && depth > 0;
    if (nullable && (depth > MAX_DEPTH || random.nextInt(12) == 0)) {
      return null;
    }
    return present(type, bindings, depth);
  }

  private Object present(Type type, Map<TypeVariable<?>, Type> bindings, int depth) {
    Type actual = type instanceof TypeVariable<?> variable ? bound(variable, bindings) : type;
    Class<?> raw = raw(actual, bindings);
    if (raw.isEnum()) {
      return raw.getEnumConstants()[random.nextInt(raw.getEnumConstants().length)];
    }
    if (raw.isRecord()) {
      return record(raw, arguments(actual, bindings), depth);
    }
    if (raw.isInterface() && raw.isSealed()) {
      return present(
          raw.getPermittedSubclasses()[random.nextInt(raw.getPermittedSubclasses().length)],
          Map.of(),
          depth);
    }
    if (raw.isArray() && raw != byte[].class) {
      Type element =
          actual instanceof GenericArrayType generic
              ? generic.getGenericComponentType()
              : raw.getComponentType();
      return array(raw, element, bindings, depth);
    }
    if (raw == Optional.class) {
      return random.nextBoolean() || depth > MAX_DEPTH
          ? Optional.empty()
          : Optional.of(present(argument(actual, 0), bindings, depth + 1));
    }
    if (Collection.class.isAssignableFrom(raw)) {
      return collection(raw, argument(actual, 0), bindings, depth);
    }
    if (Map.class.isAssignableFrom(raw)) {
      return map(raw, argument(actual, 0), argument(actual, 1), bindings, depth);
    }
    return leaves.value(raw);
  }

  private Object record(Class<?> raw, Map<TypeVariable<?>, Type> bindings, int depth) {
    RecordComponent[] components = raw.getRecordComponents();
    Class<?>[] parameters =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values =
        Arrays.stream(components)
            .map(component -> value(component.getGenericType(), bindings, depth + 1))
            .toArray();
    try {
      Constructor<?> constructor = raw.getDeclaredConstructor(parameters);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private Object array(Class<?> raw, Type element, Map<TypeVariable<?>, Type> bindings, int depth) {
    Object array = Array.newInstance(raw.getComponentType(), size(depth));
    for (int i = 0; i < Array.getLength(array); i++) {
      Array.set(array, i, value(element, bindings, depth + 1));
    }
    return array;
  }

  private Object collection(
      Class<?> raw, Type element, Map<TypeVariable<?>, Type> bindings, int depth) {
    boolean sorted = SortedSet.class.isAssignableFrom(raw);
    Collection<@Nullable Object> collection;
    if (sorted) {
      collection = new TreeSet<>();
    } else if (Set.class.isAssignableFrom(raw)) {
      collection = raw == Set.class ? new HashSet<>() : new LinkedHashSet<>();
    } else {
      collection = new ArrayList<>();
    }
    for (int i = size(depth); i > 0; i--) {
      collection.add(
          sorted ? present(element, bindings, depth + 1) : value(element, bindings, depth + 1));
    }
    return collection;
  }

  private Object map(
      Class<?> raw, Type key, Type value, Map<TypeVariable<?>, Type> bindings, int depth) {
    boolean sorted = SortedMap.class.isAssignableFrom(raw);
    Map<@Nullable Object, @Nullable Object> map;
    if (sorted) {
      map = new TreeMap<>();
    } else if (SequencedMap.class.isAssignableFrom(raw)) {
      map = new LinkedHashMap<>();
    } else {
      map = new HashMap<>();
    }
    for (int i = size(depth); i > 0; i--) {
      map.put(
          sorted ? present(key, bindings, depth + 1) : value(key, bindings, depth + 1),
          value(value, bindings, depth + 1));
    }
    return map;
  }

  private int size(int depth) {
    return depth > MAX_DEPTH
        ? 0
        : random.nextInt(4) == 0 ? random.nextInt(40) / depth(depth) : random.nextInt(3);
  }

  private static int depth(int depth) {
    return depth * depth + 1;
  }

  private static Type argument(Type type, int index) {
    return ((ParameterizedType) type).getActualTypeArguments()[index];
  }

  private static Type bound(TypeVariable<?> variable, Map<TypeVariable<?>, Type> bindings) {
    Type type = bindings.get(variable);
    if (type == null) {
      throw new AssertionError(variable + " is not bound");
    }
    return type;
  }

  private static Map<TypeVariable<?>, Type> arguments(
      Type type, Map<TypeVariable<?>, Type> bindings) {
    Map<TypeVariable<?>, Type> own = new HashMap<>();
    if (type instanceof ParameterizedType parameterized) {
      TypeVariable<?>[] parameters = raw(type, bindings).getTypeParameters();
      for (int i = 0; i < parameters.length; i++) {
        Type argument = parameterized.getActualTypeArguments()[i];
        own.put(
            parameters[i],
            argument instanceof TypeVariable<?> variable ? bound(variable, bindings) : argument);
      }
    }
    return own;
  }

  private static Class<?> raw(Type type, Map<TypeVariable<?>, Type> bindings) {
    return switch (type) {
      case Class<?> raw -> raw;
      case ParameterizedType parameterized -> (Class<?>) parameterized.getRawType();
      case GenericArrayType generic -> raw(generic.getGenericComponentType(), bindings).arrayType();
      case TypeVariable<?> variable -> raw(bound(variable, bindings), bindings);
      default -> throw new AssertionError("no samples of " + type);
    };
  }
}
