// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import dev.holdfast.Exclusive;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.SleepReason;
import dev.holdfast.WebSocket;
import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Set;

/**
 * What the engine needs to know about an object class, found once: which methods are exclusive,
 * whether it wants to know of its sleep, and how to reach its protected handlers. Immutable.
 */
public final class ObjectTraits {
  private static final MethodHandle FETCH = handler("fetch", Request.class);

  /** The handler of messages, as {@link #exclusive} knows it. */
  static final String WEB_SOCKET_MESSAGE =
      "webSocketMessage(dev.holdfast.WebSocket,dev.holdfast.WebSocketMessage,)";

  /** The handler of the end of sockets, likewise. */
  static final String WEB_SOCKET_CLOSE =
      "webSocketClose(dev.holdfast.WebSocket,dev.holdfast.WebSocketClose,)";

  private static final MethodHandle SOCKET_MESSAGE =
      handler("webSocketMessage", WebSocket.class, WebSocketMessage.class);
  private static final MethodHandle SOCKET_CLOSE =
      handler("webSocketClose", WebSocket.class, WebSocketClose.class);
  private static final MethodHandle BEFORE_SLEEP = handler("beforeSleep", SleepReason.class);

  private final Class<?> type;
  private final boolean exclusiveClass;
  private final Set<String> exclusiveMethods = new HashSet<>();
  private final boolean overridesBeforeSleep;

  ObjectTraits(Class<? extends DurableObject> type) {
    this.type = type;
    boolean wholeClass = false;
    boolean sleeps = false;
    for (Class<?> c = type; c != null && c != DurableObject.class; c = c.getSuperclass()) {
      wholeClass |= c.isAnnotationPresent(Exclusive.class);
      for (Method method : c.getDeclaredMethods()) {
        if (method.isAnnotationPresent(Exclusive.class)) {
          exclusiveMethods.add(signature(method));
        }
        sleeps |=
            method.getName().equals("beforeSleep")
                && method.getParameterCount() == 1
                && method.getParameterTypes()[0] == SleepReason.class;
      }
    }
    this.exclusiveClass = wholeClass;
    this.overridesBeforeSleep = sleeps;
  }

  /** The class. */
  public Class<?> type() {
    return type;
  }

  /** Whether every event is a critical section. */
  public boolean exclusiveClass() {
    return exclusiveClass;
  }

  /** Whether calls of that method are critical sections. */
  public boolean exclusive(String signature) {
    return exclusiveClass || (!exclusiveMethods.isEmpty() && exclusiveMethods.contains(signature));
  }

  /** How a method is known here: its name and erased parameter types. */
  public static String signature(Method method) {
    StringBuilder text = new StringBuilder(method.getName()).append('(');
    for (Class<?> parameter : method.getParameterTypes()) {
      text.append(parameter.getName()).append(',');
    }
    return text.append(')').toString();
  }

  boolean overridesBeforeSleep() {
    return overridesBeforeSleep;
  }

  void beforeSleep(DurableObject instance, SleepReason reason) throws Throwable {
    BEFORE_SLEEP.invokeExact(instance, reason);
  }

  /** Calls the protected fetch handler. */
  public static Response fetch(DurableObject instance, Request request) throws Throwable {
    return (Response) FETCH.invokeExact(instance, request);
  }

  static void webSocketMessage(DurableObject instance, WebSocket socket, WebSocketMessage message)
      throws Throwable {
    SOCKET_MESSAGE.invokeExact(instance, socket, message);
  }

  static void webSocketClose(DurableObject instance, WebSocket socket, WebSocketClose close)
      throws Throwable {
    SOCKET_CLOSE.invokeExact(instance, socket, close);
  }

  private static MethodHandle handler(String name, Class<?>... parameters) {
    try {
      Method method = DurableObject.class.getDeclaredMethod(name, parameters);
      method.setAccessible(true);
      return MethodHandles.lookup().unreflect(method);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
