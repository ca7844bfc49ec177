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
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One method of a remote interface, with everything that a call of it needs found once. Immutable.
 */
final class RemoteMethod {
  private static final MethodType GENERIC =
      MethodType.methodType(Object.class, Object.class, Object[].class);

  /** What a waiting call takes in memory beside its arguments, and each of these at most. */
  private static final int CALL_BYTES = 64;

  private static final int ARGUMENT_BYTES = 32;
  private static final Object[] NO_ARGUMENTS = {};

  private final String label;
  private final String signature;
  private final boolean async;
  private final MethodHandle handle;
  private final Copier[] parameters;

  /** Which parameters have to be weighed. */
  private final int[] weighed;

  /** The weight of a call, those parameters aside. */
  private final int fixedWeight;

  /** Whether all parameters are passed as they are. */
  private final boolean shared;

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
    this.weighed =
        IntStream.range(0, types.length).filter(i -> !parameters[i].weighsTheSame()).toArray();
    this.fixedWeight = CALL_BYTES + ARGUMENT_BYTES * types.length;
    this.shared = Arrays.stream(parameters).allMatch(Copier::sharesValues);
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
   * A call of this method.
   *
   * @param object who is called, for messages
   * @param arguments nobody else's; null if there are none
   * @throws IllegalArgumentException if one of them cannot be encoded
   */
  MethodInvocation invocation(Object object, @Nullable Object @Nullable [] arguments) {
    if (arguments == null) {
      return new MethodInvocation(this, NO_ARGUMENTS, fixedWeight);
    }
    for (int i = 0; i < arguments.length; i++) {
      try {
        arguments[i] = parameters[i].pack(arguments[i]);
      } catch (IllegalArgumentException e) {
        throw refused(object + ": ", i, e);
      }
    }
    long weight = fixedWeight;
    for (int i : weighed) {
      weight += parameters[i].weight(arguments[i]);
    }
    return new MethodInvocation(this, arguments, (int) Math.min(Integer.MAX_VALUE, weight));
  }

  /**
   * Calls the method.
   *
   * @param packed the arguments as the invocation has them; they stay as they are
   */
  @Nullable Object invoke(Object instance, @Nullable Object[] packed) throws Throwable {
    @Nullable Object[] arguments = shared ? packed : unpack(packed);
    return handle.invokeExact(instance, arguments);
  }

  private @Nullable Object[] unpack(@Nullable Object[] packed) {
    @Nullable Object[] arguments = new Object[packed.length];
    for (int i = 0; i < packed.length; i++) {
      try {
        arguments[i] = parameters[i].unpack(packed[i]);
      } catch (IllegalArgumentException e) {
        throw refused("", i, e);
      }
    }
    return arguments;
  }

  private IllegalArgumentException refused(
      String object, int index, IllegalArgumentException cause) {
    return new IllegalArgumentException(
        "%sparameter %d of %s: %s".formatted(object, index + 1, label, cause.getMessage()), cause);
  }

  @Nullable Object copyResult(@Nullable Object value) {
    try {
      return result.copy(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the result of %s: %s".formatted(label, e.getMessage()), e);
    }
  }

  @Override
  public String toString() {
    return label;
  }
}
