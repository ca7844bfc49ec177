// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.ObjectStub;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The class of all stubs of one interface, generated at first use. Immutable, thread-safe.
 *
 * <p>A {@link java.lang.reflect.Proxy} will not do: that of a public interface lies in a package of
 * its own, from where it cannot reach a type of a method that is not public. This class lies beside
 * its interface, in the same package and class loader, and refers only to what any app sees: the
 * JDK and {@link ObjectStub}. So engines in one JVM share it, also when they are loaded apart.
 */
final class StubClass {
  private static final ClassValue<StubClass> BY_INTERFACE =
      new ClassValue<>() {
        @Override
        protected StubClass computeValue(Class<?> type) {
          return new StubClass(type);
        }
      };

  private static final String SUFFIX = "$$HoldfastStub";
  private static final MethodType CONSTRUCTOR =
      MethodType.methodType(void.class, InvocationHandler.class);

  private final MethodHandle constructor;

  private StubClass(Class<?> type) {
    requireApi(type);
    List<Method> methods = methods(type);
    methods.forEach(method -> requireResult(type, method));
    try {
      MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      Class<?> stub = define(type, methods, lookup);
      // Whoever was faster sets the same.
      lookup
          .findStaticSetter(stub, StubCode.METHODS, Method[].class)
          .invoke(methods.toArray(Method[]::new));
      this.constructor =
          lookup
              .findConstructor(stub, CONSTRUCTOR)
              .asType(CONSTRUCTOR.changeReturnType(Object.class));
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(
          "%s cannot be implemented: its package %s is closed; let %s open it to %s"
              .formatted(
                  type.getName(),
                  type.getPackageName(),
                  type.getModule(),
                  StubClass.class.getModule()),
          e);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("the stub class of " + type.getName() + " is not as written", e);
    }
  }

  /**
   * The stub class of an interface.
   *
   * @throws IllegalArgumentException if no class can be put beside the interface; the message says
   *     why and what to do
   */
  static StubClass of(Class<?> type) {
    return BY_INTERFACE.get(type);
  }

  /**
   * A stub.
   *
   * @param target is given each call of a method that {@link #methods} lists, and must be an {@link
   *     ObjectStub} too
   */
  Object make(InvocationHandler target) {
    try {
      return (Object) constructor.invokeExact(target);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a constructor without code failed", e);
    }
  }

  /**
   * The methods that a stub passes on, in a fixed order: those that can be remote, and what else
   * has no body. Bridges are inherited and lead to the methods that they bridge.
   */
  private static List<Method> methods(Class<?> type) {
    return Stream.of(type.getMethods())
        .filter(method -> RemoteInterface.isRemote(method) || isOpen(method))
        .sorted(
            Comparator.comparing(Method::getName)
                .thenComparing(method -> StubCode.descriptor(method).descriptorString())
                .thenComparing(method -> method.getDeclaringClass().getName()))
        .toList();
  }

  private static boolean isOpen(Method method) {
    return Modifier.isAbstract(method.getModifiers()) && !RemoteInterface.isOfObject(method);
  }

  /**
   * A class that was there already has the same form: another thread defined it meanwhile, or an
   * engine that was loaded apart.
   */
  private static Class<?> define(Class<?> type, List<Method> methods, MethodHandles.Lookup lookup)
      throws IllegalAccessException {
    String name = type.getName() + SUFFIX;
    try {
      return lookup.defineClass(StubCode.write(type, name, methods));
    } catch (LinkageError e) {
      try {
        return Class.forName(name, false, type.getClassLoader());
      } catch (ClassNotFoundException _) {
        throw new IllegalArgumentException(
            "%s cannot be implemented beside it: %s".formatted(type.getName(), e.getMessage()), e);
      }
    }
  }

  private static void requireApi(Class<?> type) {
    Class<?> api = ObjectStub.Typed.class;
    try {
      if (Class.forName(api.getName(), false, type.getClassLoader()) == api) {
        return;
      }
    } catch (ClassNotFoundException _) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "%s cannot be implemented: its class loader, %s, does not see the API of Holdfast that runs here; declare an interface where the object class is"
            .formatted(type.getName(), type.getClassLoader()));
  }

  /** A stub must be able to name what it returns. */
  private static void requireResult(Class<?> type, Method method) {
    Class<?> result = method.getReturnType();
    while (result.isArray()) {
      result = result.componentType();
    }
    boolean near =
        result.getPackageName().equals(type.getPackageName())
            && result.getClassLoader() == type.getClassLoader();
    if (!near && !Modifier.isPublic(result.getModifiers())) {
      throw new IllegalArgumentException(
          "%s cannot be implemented: the result of %s, %s, is not seen in its package; make that public"
              .formatted(type.getName(), method.getName(), result.getName()));
    }
  }
}
