// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.engine.codec.Codec;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Finds what keeps an interface from being called remotely, all of it, one line each. */
final class InterfaceProblems {
  private final Codec codec;
  private final List<String> found = new ArrayList<>();

  private InterfaceProblems(Codec codec) {
    this.codec = codec;
  }

  /** The problems of {@code type} with its remote methods. */
  static List<String> of(Class<?> type, List<Method> methods, Codec codec) {
    if (!type.isInterface() || type.isAnnotation() || type.isSealed() || type.isHidden()) {
      return List.of("it is not a plain, unsealed interface");
    }
    if (type.getName().startsWith("java.")) {
      return List.of("methods that java.* declares are not remote; declare an interface of yours");
    }
    InterfaceProblems problems = new InterfaceProblems(codec);
    methods.stream().distinct().forEach(problems::look);
    problems.lookForClashes(methods);
    return problems.found.stream().distinct().toList();
  }

  private void look(Method method) {
    if (method.getName().equals("finalize") && method.getParameterCount() == 0) {
      found.add("finalize would be called by the garbage collector; rename it");
    }
    TypeVariable<Method>[] variables = method.getTypeParameters();
    if (variables.length > 0) {
      found.add(
          "%s is generic: %s is gone at run time; declare the actual type"
              .formatted(method.getName(), variables[0]));
      return;
    }
    Type[] parameters = method.getGenericParameterTypes();
    for (int i = 0; i < parameters.length; i++) {
      look("parameter %d of %s".formatted(i + 1, method.getName()), parameters[i]);
    }
    look("the result of " + method.getName(), RemoteMethod.resultType(method));
  }

  private void look(String place, Type type) {
    variables(type)
        .findFirst()
        .ifPresentOrElse(
            variable ->
                found.add(
                    "%s mentions %s, a type parameter that is gone at run time; declare the method with the actual type"
                        .formatted(place, variable)),
            () -> codec.problems(type).forEach(problem -> found.add(place + ": " + problem)));
  }

  private static Stream<TypeVariable<?>> variables(Type type) {
    return switch (type) {
      case TypeVariable<?> variable -> Stream.of(variable);
      case ParameterizedType generic ->
          Arrays.stream(generic.getActualTypeArguments()).flatMap(InterfaceProblems::variables);
      case GenericArrayType array -> variables(array.getGenericComponentType());
      case WildcardType wildcard ->
          Arrays.stream(wildcard.getUpperBounds()).flatMap(InterfaceProblems::variables);
      default -> Stream.of();
    };
  }

  /**
   * Two methods that only differ in type arguments are one at run time. The compiler refuses them,
   * but not when an interface that was compiled before is exchanged.
   */
  private void lookForClashes(List<Method> methods) {
    Map<String, Method> bySignature = new HashMap<>();
    for (Method method : methods) {
      Method other = bySignature.putIfAbsent(RemoteMethod.signature(method), method);
      if (other != null
          && !(Arrays.equals(other.getGenericParameterTypes(), method.getGenericParameterTypes())
              && Objects.equals(other.getGenericReturnType(), method.getGenericReturnType()))) {
        found.add(
            "%s and %s differ only in their types, and a caller of one would reach the other; rename one"
                .formatted(other.toGenericString(), method.toGenericString()));
      }
    }
  }
}
