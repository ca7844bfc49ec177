// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds constructors of app classes, public or not, and makes functions of them. */
final class Constructors {
  private Constructors() {}

  /** Makes a {@code type} from a {@code parameter}; empty if it has no such constructor. */
  static <P, T> Optional<Function<P, T>> taking(
      Class<P> parameter, Class<?> type, Class<T> result) {
    return find(type, parameter)
        .map(
            handle -> {
              MethodHandle general =
                  handle.asType(MethodType.methodType(Object.class, Object.class));
              return argument ->
                  result.cast(invoke(type, () -> general.invokeExact((Object) argument)));
            });
  }

  /** Makes a {@code type} from nothing; empty if it has no such constructor. */
  static <T> Optional<Function<Object, T>> takingNothing(Class<?> type, Class<T> result) {
    return find(type)
        .map(
            handle -> {
              MethodHandle general = handle.asType(MethodType.methodType(Object.class));
              return _ -> result.cast(invoke(type, general::invokeExact));
            });
  }

  /** The constructors that there are, for a message. */
  static String list(Class<?> type) {
    return Arrays.stream(type.getDeclaredConstructors())
        .map(
            constructor ->
                Arrays.stream(constructor.getParameterTypes())
                    .map(Class::getSimpleName)
                    .collect(Collectors.joining(", ", "(", ")")))
        .sorted()
        .collect(Collectors.joining(" and "));
  }

  private static Optional<MethodHandle> find(Class<?> type, Class<?>... parameters) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(parameters);
      return Optional.of(
          MethodHandles.privateLookupIn(type, MethodHandles.lookup())
              .unreflectConstructor(constructor));
    } catch (NoSuchMethodException e) {
      return Optional.empty();
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("cannot reach the constructors of " + type.getName(), e);
    }
  }

  private interface Invocation {
    Object run() throws Throwable;
  }

  private static Object invoke(Class<?> type, Invocation invocation) {
    try {
      return invocation.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("the constructor of " + type.getName() + " threw " + e, e);
    }
  }
}
