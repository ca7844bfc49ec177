// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.sql.ParameterMetaData;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What describes the columns of rows, or the parameters of a statement. The driver answers its own
 * rows or statement for that, by which one would get at its connection. Object thread only.
 */
final class JdbcDescription implements InvocationHandler {
  private final Check open;
  private final Object driver;

  private JdbcDescription(Check open, Object driver) {
    this.open = open;
    this.driver = driver;
  }

  /** Throws if what it describes is closed, or this is not the thread that may ask. */
  @FunctionalInterface
  interface Check {
    void run() throws SQLException;
  }

  /**
   * What the driver answered, confined if it describes something.
   *
   * @param open what is described: the driver would go on to describe what is in its place
   */
  static @Nullable Object confine(Check open, Method asked, @Nullable Object answer) {
    Class<?> type = asked.getReturnType();
    boolean describes = type == ResultSetMetaData.class || type == ParameterMetaData.class;
    return describes && answer != null
        ? JdbcConnection.proxy(type, new JdbcDescription(open, answer))
        : answer;
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments)
      throws Throwable {
    Object[] given = arguments == null ? new Object[0] : arguments;
    return switch (method.getName()) {
      case "equals" -> self == given[0];
      case "hashCode" -> System.identityHashCode(self);
      case "toString" -> "description";
      case "isWrapperFor" -> ((Class<?>) given[0]).isInstance(self);
      case "unwrap" -> JdbcConnection.unwrap(self, (Class<?>) given[0]);
      default -> {
        open.run();
        yield JdbcConnection.call(driver, method, given);
      }
    };
  }
}
