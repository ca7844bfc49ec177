// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.engine.codec.Codec;
import dev.holdfast.engine.codec.ExceptionCodec;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What callers can reach of an object: the methods of the interface that was registered with its
 * class, and of its super-interfaces outside {@code java.*}. Those of {@code Object} stay local
 * even where the interface declares them again. Immutable.
 */
final class RemoteInterface<T> {
  private static final Set<String> OF_OBJECT =
      Arrays.stream(Object.class.getMethods())
          .map(RemoteMethod::signature)
          .collect(Collectors.toUnmodifiableSet());

  private final Class<T> type;
  private final Map<Method, RemoteMethod> methods = new HashMap<>();
  private final StubClass stubs;

  /**
   * Examines an interface.
   *
   * @throws IllegalArgumentException listing everything that keeps it from being called remotely
   */
  RemoteInterface(Class<T> type, Codec codec, ExceptionCodec exceptions) {
    this.type = type;
    List<Method> remote =
        Arrays.stream(type.getMethods()).filter(RemoteInterface::isRemote).toList();
    List<String> problems = InterfaceProblems.of(type, remote, codec);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "%s cannot be a remote interface:%n  %s"
              .formatted(type.getName(), String.join("%n  ".formatted(), problems)));
    }
    for (Method method : remote) {
      Set<Class<?>> declared = Set.of(method.getExceptionTypes());
      methods.put(
          method, new RemoteMethod(method, codec, new DeclaredFailures(exceptions, declared)));
    }
    this.stubs = StubClass.of(type);
  }

  Class<T> type() {
    return type;
  }

  /** The remote method behind a method of the interface; null if it is not remote. */
  @Nullable RemoteMethod method(Method method) {
    return methods.get(method);
  }

  /** A typed stub with {@code target} behind it, which is also its untyped side. */
  T stub(InvocationHandler target) {
    return type.cast(stubs.make(target));
  }

  /** Whether a call of that method of an interface goes to the object. */
  static boolean isRemote(Method method) {
    return !Modifier.isStatic(method.getModifiers())
        && !method.isBridge()
        && !method.getDeclaringClass().getName().startsWith("java.")
        && !isOfObject(method);
  }

  /** Whether every object has that method, so that a stub answers it itself. */
  static boolean isOfObject(Method method) {
    return OF_OBJECT.contains(RemoteMethod.signature(method));
  }
}
