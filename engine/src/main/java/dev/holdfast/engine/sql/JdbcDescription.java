// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import java.lang.reflect.Method;
import java.sql.ParameterMetaData;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What describes the columns of rows, or the parameters of a statement. The driver answers its own
 * rows or statement for that, by which one would get at its connection. Object thread only.
 */
final class JdbcDescription extends JdbcObject {
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
    return describes && answer != null ? new JdbcDescription(open, answer).as(type) : answer;
  }

  @Override
  public String toString() {
    return "description";
  }

  @Override
  @Nullable Object answer(Method method, Object[] given) throws Throwable {
    open.run();
    return call(driver, method, given);
  }
}
