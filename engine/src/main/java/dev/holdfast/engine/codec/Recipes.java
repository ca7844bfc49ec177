// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds how exceptions can be made again, by one rule that an author can meet:
 *
 * <ul>
 *   <li>A class without fields of its own is made by the first of its constructors {@code (String,
 *       Throwable)}, {@code (String)}, {@code ()} and {@code (Throwable)} that leads to the same
 *       message.
 *   <li>A class with fields is made by a constructor each of whose parameters is a {@code String
 *       message}, a {@code Throwable cause}, or bears the name and type of an accessor ({@code
 *       amount()} or {@code getAmount()}), with one parameter for every field. The class must be
 *       compiled with parameter names ({@code javac -parameters}).
 * </ul>
 *
 * <p>Thread-safe.
 */
final class Recipes {
  private static final List<List<Class<?>>> PLAIN_SIGNATURES =
      List.of(
          List.of(String.class, Throwable.class),
          List.of(String.class),
          List.of(),
          List.of(Throwable.class));

  private final Codec codec;
  private final Map<Class<?>, List<Recipe>> byClass = new ConcurrentHashMap<>();

  Recipes(Codec codec) {
    this.codec = codec;
  }

  /** The ways to make an exception of that class, best first; empty if there is none. */
  List<Recipe> of(Class<? extends Throwable> type) {
    List<Recipe> recipes = byClass.get(type);
    if (recipes == null) {
      recipes = find(type);
      byClass.put(type, recipes);
    }
    return recipes;
  }

  private List<Recipe> find(Class<? extends Throwable> type) {
    if (Modifier.isAbstract(type.getModifiers())) {
      return List.of();
    }
    Set<String> fields = fields(type);
    return fields.isEmpty() ? plain(type) : stateful(type, fields);
  }

  /** The names of the fields that classes outside the JDK add to those of {@code Throwable}. */
  private static Set<String> fields(Class<?> type) {
    Set<String> names = new HashSet<>();
    for (Class<?> each = type; !isJdk(each); each = each.getSuperclass()) {
      for (Field field : each.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())
            && !Modifier.isTransient(field.getModifiers())
            && !field.isSynthetic()) {
          names.add(field.getName());
        }
      }
    }
    return names;
  }

  private static boolean isJdk(Class<?> type) {
    return type.getName().startsWith("java.");
  }

  private List<Recipe> plain(Class<? extends Throwable> type) {
    List<Recipe> recipes = new ArrayList<>();
    for (List<Class<?>> signature : PLAIN_SIGNATURES) {
      for (Constructor<?> constructor : constructors(type)) {
        if (matches(constructor, signature)) {
          recipes.add(recipe(type, constructor, plainSources(signature)));
        }
      }
    }
    return List.copyOf(recipes);
  }

  /** A constructor may want a special kind of cause. */
  private static boolean matches(Constructor<?> constructor, List<Class<?>> signature) {
    Class<?>[] parameters = constructor.getParameterTypes();
    if (parameters.length != signature.size()) {
      return false;
    }
    for (int i = 0; i < parameters.length; i++) {
      if (parameters[i] != signature.get(i)
          && !(signature.get(i) == Throwable.class && isCause(parameters[i]))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isCause(Class<?> type) {
    return Throwable.class.isAssignableFrom(type);
  }

  private static List<Recipe.Source> plainSources(List<Class<?>> signature) {
    return signature.stream()
        .<Recipe.Source>map(
            type -> type == String.class ? new Recipe.Message() : new Recipe.Cause())
        .toList();
  }

  private List<Recipe> stateful(Class<? extends Throwable> type, Set<String> fields) {
    return constructors(type).stream()
        .flatMap(constructor -> stateful(type, constructor, fields).stream())
        .toList();
  }

  private Optional<Recipe> stateful(
      Class<? extends Throwable> type, Constructor<?> constructor, Set<String> fields) {
    Set<String> open = new HashSet<>(fields);
    List<Recipe.Source> sources = new ArrayList<>();
    for (Parameter parameter : constructor.getParameters()) {
      Recipe.Source source = source(type, parameter);
      if (source == null) {
        return Optional.empty();
      }
      open.remove(parameter.getName());
      sources.add(source);
    }
    return open.isEmpty() ? Optional.of(recipe(type, constructor, sources)) : Optional.empty();
  }

  private static Recipe.@Nullable Source source(
      Class<? extends Throwable> type, Parameter parameter) {
    String name = parameter.getName();
    if (!parameter.isNamePresent()) {
      return null;
    }
    if (name.equals("message") && parameter.getType() == String.class) {
      return new Recipe.Message();
    }
    if (name.equals("cause") && isCause(parameter.getType())) {
      return new Recipe.Cause();
    }
    String capitalised = Character.toUpperCase(name.charAt(0)) + name.substring(1);
    return Stream.of(name, "get" + capitalised, "is" + capitalised)
        .flatMap(accessor -> accessor(type, accessor, parameter.getParameterizedType()).stream())
        .map(accessor -> new Recipe.State(name, accessor, parameter.getParameterizedType()))
        .findFirst()
        .orElse(null);
  }

  private static Optional<Method> accessor(Class<?> type, String name, Type result) {
    for (Class<?> each = type; !isJdk(each); each = each.getSuperclass()) {
      for (Method method : each.getDeclaredMethods()) {
        if (method.getName().equals(name)
            && method.getParameterCount() == 0
            && method.getGenericReturnType().equals(result)
            && method.trySetAccessible()) {
          return Optional.of(method);
        }
      }
    }
    return Optional.empty();
  }

  /** Those that are accessible, the one with the most parameters first, in a fixed order. */
  private static List<Constructor<?>> constructors(Class<?> type) {
    return Arrays.stream(type.getDeclaredConstructors())
        .filter(
            constructor ->
                isJdk(type)
                    ? Modifier.isPublic(constructor.getModifiers())
                    : constructor.trySetAccessible())
        .sorted(
            Comparator.<Constructor<?>>comparingInt(Constructor::getParameterCount)
                .reversed()
                .thenComparing(Constructor::toString))
        .toList();
  }

  private Recipe recipe(
      Class<? extends Throwable> type, Constructor<?> constructor, List<Recipe.Source> sources) {
    return new Recipe(codec, type, constructor, sources);
  }
}
