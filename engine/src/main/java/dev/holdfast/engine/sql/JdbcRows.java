// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a {@link JdbcStatement} answers, or what is told about the database. Object thread
 * only.
 */
final class JdbcRows extends JdbcObject {
  private final JdbcConnection connection;
  private final @Nullable Statement statement;
  private final ResultSet driver;

  /** Whether it was closed before all was read, not by the code that reads. */
  private boolean cut;

  /** Whether the statement was run again: the driver has the same rows for each run. */
  private boolean replaced;

  /**
   * @param statement whose rows they are; null if nobody made one for them
   */
  JdbcRows(JdbcConnection connection, @Nullable Statement statement, ResultSet driver) {
    this.connection = connection;
    this.statement = statement;
    this.driver = driver;
  }

  ResultSet proxy() {
    return as(ResultSet.class);
  }

  @Override
  public String toString() {
    return "rows";
  }

  @Override
  @Nullable Object answer(Method method, Object[] given) throws Throwable {
    return switch (method.getName()) {
      case "getStatement" -> statement;
      case "isClosed" -> isClosed();
      case "close" -> {
        if (!isClosed()) {
          connection.source().turns().checkThread();
          driver.close();
        }
        yield null;
      }
      default -> {
        checkOpen();
        try {
          yield JdbcDescription.confine(this::checkOpen, method, call(driver, method, given));
        } catch (SQLException e) {
          connection.source().check(e, "reading rows");
          throw e;
        }
      }
    };
  }

  private boolean isClosed() throws SQLException {
    return replaced || driver.isClosed();
  }

  private void checkOpen() throws SQLException {
    connection.source().turns().checkThread();
    connection.checkOpen();
    if (replaced) {
      throw new SQLException("the rows are closed: their statement was run again");
    }
    if (cut) {
      throw new SQLException(
          "the rows of RETURNING or EXPLAIN cannot be read on: something was written or explained, or a transaction begun or ended, meanwhile; read all of them first");
    }
  }

  /** Closes them, though not all may have been read. */
  void cut() throws SQLException {
    if (!isClosed()) {
      cut = true;
      driver.close();
    }
  }

  /** Closes them: their statement is run again. */
  void replace() throws SQLException {
    if (!replaced) {
      driver.close();
      replaced = true;
    }
  }

  /** Closes them. */
  void end() {
    try {
      driver.close();
    } catch (SQLException e) {
      throw connection.source().state().broke("did not end the reading of rows", e);
    }
  }
}
