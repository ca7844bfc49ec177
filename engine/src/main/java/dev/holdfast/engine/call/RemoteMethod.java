// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.engine.activation.Failures;
import dev.holdfast.engine.activation.ObjectTraits;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.engine.codec.Copier;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One method of a remote interface, with everything that a call of it needs found once. Immutable.
 */
final class RemoteMethod {
  private static final MethodType GENERIC =
      MethodType.methodType(Object.class, Object.class, Object[].class);
  private static final int REFERENCE_BYTES = 64;
  private static final Object[] NO_ARGUMENTS = {};

  private final String label;
  private final String signature;
  private final boolean async;
  private final MethodHandle handle;
  private final Copier[] parameters;
  private final Copier result;
  private final Failures failures;

  RemoteMethod(Method method, Codec codec, Failures failures) {
    this.label = method.getName();
    this.signature = signature(method);
    this.async = isAsync(method);
    this.failures = failures;
    Type[] types = method.getGenericParameterTypes();
    this.parameters = new Copier[types.length];
    for (int i = 0; i < types.length; i++) {
      parameters[i] = codec.copierOf(types[i]);
    }
    this.result = codec.copierOf(resultType(method));
    try {
      method.setAccessible(true);
      this.handle =
          MethodHandles.lookup()
              .unreflect(method)
              .asFixedArity() // else the array of a varargs method would be wrapped once more
              .asSpreader(Object[].class, types.length)
              .asType(GENERIC);
    } catch (IllegalAccessException | InaccessibleObjectException e) {
      throw new IllegalArgumentException(
          "%s cannot be called; let %s open the package %s"
              .formatted(
                  method,
                  method.getDeclaringClass().getModule(),
                  method.getDeclaringClass().getPackageName()),
          e);
    }
  }

  /** How a method is told apart from others: its name and erased parameter types. */
  static String signature(Method method) {
    return ObjectTraits.signature(method);
  }

  static boolean isAsync(Method method) {
    return method.getReturnType() == CompletionStage.class
        || method.getReturnType() == CompletableFuture.class;
  }

  /** The type of what a call answers with: for a future, of what it completes with. */
  static Type resultType(Method method) {
    Type declared = method.getGenericReturnType();
    if (!isAsync(method)) {
      return declared;
    }
    return declared instanceof ParameterizedType future
        ? future.getActualTypeArguments()[0]
        : Object.class;
  }

  /** Whether callers get a future at once. */
  boolean async() {
    return async;
  }

  String signature() {
    return signature;
  }

  Failures failures() {
    return failures;
  }

  /**
   * Puts copies in the place of the arguments.
   *
   * @param object who is called, for messages
   * @param arguments nobody else's; null if there are none
   */
  @Nullable Object[] copyArguments(Object object, @Nullable Object @Nullable [] arguments) {
    if (arguments == null) {
      return NO_ARGUMENTS;
    }
    for (int i = 0; i < arguments.length; i++) {
      try {
        arguments[i] = parameters[i].copy(arguments[i]);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "%s: parameter %d of %s: %s".formatted(object, i + 1, label, e.getMessage()), e);
      }
    }
    return arguments;
  }

  @Nullable Object invoke(Object instance, @Nullable Object[] arguments) throws Throwable {
    return handle.invokeExact(instance, arguments);
  }

  @Nullable Object copyResult(@Nullable Object value) {
    try {
      return result.copy(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the result of %s: %s".formatted(label, e.getMessage()), e);
    }
  }

  static int weigh(@Nullable Object[] arguments) {
    int weight = REFERENCE_BYTES;
    for (Object argument : arguments) {
      weight +=
          switch (argument) {
            case String text -> text.length();
            case byte[] bytes -> bytes.length;
            case null, default -> REFERENCE_BYTES;
          };
    }
    return weight;
  }

  @Override
  public String toString() {
    return label;
  }
}
