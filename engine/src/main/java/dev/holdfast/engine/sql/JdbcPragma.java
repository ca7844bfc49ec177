// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import java.lang.reflect.Method;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A prepared pragma for a {@link JdbcStatement}, in place of the driver's: SQLite may do what it
 * says as soon as it is prepared. So the driver is given the text when it is to be executed, each
 * time. It has no parameters. Object thread only.
 */
final class JdbcPragma extends JdbcObject {
  private final Statement driver;
  private final String text;

  JdbcPragma(Statement driver, String text) {
    this.driver = driver;
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }

  @Override
  @Nullable Object answer(Method method, Object[] given) throws Throwable {
    if (method.getDeclaringClass() != PreparedStatement.class) {
      return call(driver, method, given);
    }
    return switch (method.getName()) {
      case "execute" -> driver.execute(text);
      case "executeQuery" -> driver.executeQuery(text);
      case "executeUpdate" -> update();
      case "executeLargeUpdate" -> (long) update();
      case "clearParameters", "getMetaData" -> null;
      case "getParameterMetaData" -> new NoParameters().as(ParameterMetaData.class);
      default -> throw refused(method);
    };
  }

  /**
   * The driver's would count what was changed before; its rows, if it is explained, are dropped.
   */
  private int update() throws SQLException {
    if (driver.execute(text)) {
      driver.getResultSet().close();
    }
    return 0;
  }

  private SQLException refused(Method method) {
    return new SQLException(
        "%s of a pragma, which has no parameters and is run by itself: %s"
            .formatted(method.getName(), text));
  }

  /** What describes its parameters. */
  private final class NoParameters extends JdbcObject {
    @Override
    @Nullable Object answer(Method method, Object[] given) throws SQLException {
      if (method.getName().equals("getParameterCount")) {
        return 0;
      }
      throw refused(method);
    }
  }
}
