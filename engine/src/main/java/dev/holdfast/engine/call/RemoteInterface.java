// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.engine.activation.ObjectTraits;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.engine.codec.ExceptionCodec;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What callers can reach of an object: the methods of the interface that was registered with its
 * class, and of its super-interfaces outside {@code java.*}. Immutable.
 */
final class RemoteInterface<T> {
  private final Class<T> type;
  private final Map<Method, RemoteMethod> methods = new HashMap<>();

  /**
   * Examines an interface.
   *
   * @throws IllegalArgumentException listing everything that keeps it from being called remotely
   */
  RemoteInterface(Class<T> type, Codec codec, ExceptionCodec exceptions) {
    this.type = type;
    List<String> problems = new ArrayList<>();
    if (!type.isInterface() || type.isAnnotation() || type.isSealed()) {
      problems.add("it is not a plain, unsealed interface");
    } else {
      remoteMethods(type).forEach(method -> check(method, codec, problems));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "%s cannot be a remote interface:%n  %s"
              .formatted(type.getName(), String.join("%n  ".formatted(), problems)));
    }
    for (Method method : remoteMethods(type)) {
      Set<Class<?>> declared = Set.of(method.getExceptionTypes());
      methods.put(
          method, new RemoteMethod(method, codec, new DeclaredFailures(exceptions, declared)));
    }
  }

  Class<T> type() {
    return type;
  }

  /** The remote method behind a method of the interface. */
  RemoteMethod method(Method method) {
    RemoteMethod remote = methods.get(method);
    if (remote == null) {
      throw new UnsupportedOperationException(method + " is not a remote method");
    }
    return remote;
  }

  private static List<Method> remoteMethods(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !method.getDeclaringClass().getName().startsWith("java."))
        .toList();
  }

  private static void check(Method method, Codec codec, List<String> problems) {
    Type[] parameters = method.getGenericParameterTypes();
    for (int i = 0; i < parameters.length; i++) {
      for (String problem : codec.problems(parameters[i])) {
        problems.add("parameter %d of %s: %s".formatted(i + 1, method.getName(), problem));
      }
    }
    for (String problem : codec.problems(RemoteMethod.resultType(method))) {
      problems.add("the result of %s: %s".formatted(method.getName(), problem));
    }
    remoteMethods(method.getDeclaringClass()).stream()
        .filter(other -> !other.equals(method) && !other.isBridge() && !method.isBridge())
        .filter(other -> ObjectTraits.signature(other).equals(ObjectTraits.signature(method)))
        .filter(
            other ->
                !Arrays.equals(other.getGenericParameterTypes(), method.getGenericParameterTypes()))
        .forEach(
            other ->
                problems.add(
                    "%s and %s differ only in type arguments, which are gone at run time; rename one"
                        .formatted(method.toGenericString(), other.toGenericString())));
  }
}
