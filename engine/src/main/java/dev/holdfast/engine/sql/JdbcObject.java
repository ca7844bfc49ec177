// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What code of an object holds of JDBC: it looks like what the driver has, and is no way to that.
 * It is equal to itself alone, and tells {@link #toString} of the subclass.
 */
abstract class JdbcObject implements InvocationHandler {
  static final Object[] NOTHING = {};

  /** This, as what JDBC calls it. */
  final <T> T as(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(JdbcObject.class.getClassLoader(), new Class<?>[] {type}, this));
  }

  @Override
  public final @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments)
      throws Throwable {
    Object[] given = arguments == null ? NOTHING : arguments;
    return switch (method.getName()) {
      case "equals" -> self == given[0];
      case "hashCode" -> System.identityHashCode(self);
      case "toString" -> toString();
      case "isWrapperFor" -> ((Class<?>) given[0]).isInstance(self);
      case "unwrap" -> unwrap(self, (Class<?>) given[0]);
      default -> answer(method, given);
    };
  }

  private static Object unwrap(Object self, Class<?> type) throws SQLException {
    if (type.isInstance(self)) {
      return self;
    }
    throw new SQLException("it is confined to its object, and not a " + type.getName());
  }

  /** Answers a method of JDBC. */
  abstract @Nullable Object answer(Method method, Object[] given) throws Throwable;

  /** Has the driver answer; what it throws is thrown as it is. */
  static @Nullable Object call(Object driver, Method method, Object[] given) throws Throwable {
    try {
      return method.invoke(driver, given);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
