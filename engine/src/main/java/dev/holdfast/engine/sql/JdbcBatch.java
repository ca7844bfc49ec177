// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.engine.sql.text.Script;
import java.lang.reflect.Array;
import java.sql.BatchUpdateException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The batch of a {@link JdbcStatement}, which is done as a whole or not at all. What was added is
 * here, and of what was prepared in the driver's too, with its parameters. Object thread only.
 */
final class JdbcBatch {
  private final Statement driver;
  private final List<Script.Statement> statements = new ArrayList<>();

  JdbcBatch(Statement driver) {
    this.driver = driver;
  }

  /** What was added, in its order. */
  List<Script.Statement> statements() {
    return statements;
  }

  /** Adds a text; that of a prepared statement with its parameters as they are. */
  void add(Script added) throws SQLException {
    check(added.statements());
    if (driver instanceof PreparedStatement prepared) {
      prepared.addBatch();
    }
    statements.addAll(added.statements());
  }

  /** A setting would stay if the batch fails, and nobody would know of it. */
  private static void check(List<Script.Statement> added) throws SQLException {
    if (added.size() > 1) {
      throw new SQLException(
          "%d statements in one text; add them to the batch one by one".formatted(added.size()));
    }
    for (Script.Statement statement : added) {
      if (statement.setting() != null) {
        throw new SQLException(
            "a batch cannot set what holds for the connection; run this by itself: "
                + statement.text());
      }
    }
  }

  /** Removes all that was added. */
  void clear() throws SQLException {
    statements.clear();
    driver.clearBatch();
  }

  /**
   * Runs all that was added.
   *
   * @param work has the driver run its batch
   * @return how many rows each has changed, as the driver tells it
   */
  Object run(Guard guard, Guard.Work<Object> work) throws SQLException {
    Object counts;
    try {
      handOver();
      counts = guard.writeBatch(work);
    } catch (SQLException e) {
      throw undone(e);
    }
    for (int i = 0; i < statements.size(); i++) {
      if (!statements.get(i).changesRows()) {
        Array.setInt(counts, i, 0);
      }
    }
    return counts;
  }

  /** The driver would forget texts that it was given before another statement was run. */
  private void handOver() throws SQLException {
    if (!(driver instanceof PreparedStatement)) {
      for (Script.Statement statement : statements) {
        driver.addBatch(statement.text());
      }
    }
  }

  /** What the driver throws counts what was run, all of which is undone. */
  private static BatchUpdateException undone(SQLException failure) {
    SQLException reason =
        failure instanceof BatchUpdateException && failure.getCause() instanceof SQLException cause
            ? cause
            : failure;
    return new BatchUpdateException(
        reason.getMessage(), reason.getSQLState(), reason.getErrorCode(), new int[0], reason);
  }
}
