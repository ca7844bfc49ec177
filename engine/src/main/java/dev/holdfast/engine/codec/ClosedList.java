// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import dev.holdfast.RemoteException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.InputMismatchException;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * The types as which an exception may reach the caller of one method: those that the method
 * declares, those that they permit if they are sealed, and a fixed list of the JDK's. Names from
 * elsewhere are only ever looked up here. Immutable.
 */
final class ClosedList {
  /** What code commonly throws, and what can be made again without loss. No errors. */
  private static final Map<String, Class<? extends Throwable>> JDK =
      byName(
          List.of(
              ArithmeticException.class,
              ArrayIndexOutOfBoundsException.class,
              ArrayStoreException.class,
              CancellationException.class,
              ClassCastException.class,
              CompletionException.class,
              ConcurrentModificationException.class,
              DateTimeException.class,
              EOFException.class,
              Exception.class,
              ExecutionException.class,
              FileNotFoundException.class,
              IOException.class,
              IllegalArgumentException.class,
              IllegalStateException.class,
              IndexOutOfBoundsException.class,
              InputMismatchException.class,
              NegativeArraySizeException.class,
              NoSuchElementException.class,
              NullPointerException.class,
              NumberFormatException.class,
              RuntimeException.class,
              SecurityException.class,
              StringIndexOutOfBoundsException.class,
              TimeoutException.class,
              UncheckedIOException.class,
              UnsupportedOperationException.class));

  private final Map<String, Class<? extends Throwable>> declared = new HashMap<>();

  /**
   * @param declared the classes of a method's {@code throws} clause
   */
  ClosedList(Set<Class<?>> declared) {
    declared.forEach(this::add);
  }

  private void add(Class<?> type) {
    this.declared.put(type.getName(), type.asSubclass(Throwable.class));
    if (type.isSealed()) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        add(permitted);
      }
    }
  }

  private static Map<String, Class<? extends Throwable>> byName(
      List<Class<? extends Throwable>> types) {
    Map<String, Class<? extends Throwable>> byName = new HashMap<>();
    types.forEach(type -> byName.put(type.getName(), type));
    return Map.copyOf(byName);
  }

  /**
   * The types as which the caller may get an exception that object code threw, best first. Besides
   * its own that is a declared superclass, for the sake of the caller's {@code catch}; but not one
   * that a {@link RemoteException} is, too, since that says more.
   */
  List<Class<? extends Throwable>> forCaller(Thrown thrown) {
    List<Class<? extends Throwable>> found = new ArrayList<>();
    Class<? extends Throwable> jdk = JDK.get(thrown.type());
    if (jdk != null && mayThrow(jdk)) {
      found.add(jdk);
    }
    for (String name : thrown.types()) {
      Class<? extends Throwable> type = declared.get(name);
      if (type != null
          && (name.equals(thrown.type()) || !type.isAssignableFrom(RemoteException.class))) {
        found.add(type);
      }
    }
    return found;
  }

  /** Whether the method may throw it, as Java's rules have it. */
  private boolean mayThrow(Class<? extends Throwable> type) {
    return RuntimeException.class.isAssignableFrom(type)
        || declared.values().stream().anyMatch(each -> each.isAssignableFrom(type));
  }

  /** The types that a cause may have: its own, if it is in the list. */
  List<Class<? extends Throwable>> forCause(Thrown thrown) {
    Class<? extends Throwable> type = declared.getOrDefault(thrown.type(), JDK.get(thrown.type()));
    return type == null ? List.of() : List.of(type);
  }
}
