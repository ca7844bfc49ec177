// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.engine.sql.QueryRows.RowSource;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a statement that SQLite is running, one of which is read ahead. Object thread only.
 *
 * <p>Those that are read are counted as they are delivered. How many were scanned for that SQLite
 * knows by {@code sqlite3_stmt_status} alone, and for full scans only ({@code
 * SQLITE_STMTSTATUS_FULLSCAN_STEP}: rows that an index leads to do not count there); the driver
 * neither calls it nor is built with what shows it to SQL ({@code SQLITE_ENABLE_STMTVTAB}, {@code
 * SQLITE_ENABLE_STMT_SCANSTATUS}).
 */
final class Cursor implements RowSource {

  /** What is to be thrown when SQLite fails. */
  interface Failure {
    RuntimeException of(SQLException e);
  }

  private final ResultSet rows;
  private final List<String> columns;
  private final Failure failure;
  private final Consumer<Cursor> atEnd;
  private @Nullable Object @Nullable [] ahead;
  private long read;
  private boolean over;
  private @Nullable String ended;

  /**
   * @param atEnd runs once, when no more is read
   */
  Cursor(ResultSet rows, Failure failure, Consumer<Cursor> atEnd) throws SQLException {
    this.rows = rows;
    this.failure = failure;
    this.atEnd = atEnd;
    ResultSetMetaData meta = rows.getMetaData();
    List<String> names = new ArrayList<>(meta.getColumnCount());
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      names.add(meta.getColumnLabel(i));
    }
    this.columns = List.copyOf(names);
    try {
      this.ahead = step();
    } catch (SQLException e) {
      rows.close();
      throw e;
    }
  }

  @Override
  public List<String> columns() {
    return columns;
  }

  @Override
  public @Nullable Object @Nullable [] next() {
    if (ended != null) {
      throw new IllegalStateException(
          "the rows of a query cannot be read on: %s; run it again".formatted(ended));
    }
    @Nullable Object[] row = ahead;
    if (row != null) {
      try {
        ahead = step();
      } catch (SQLException e) {
        over();
        throw failure.of(e);
      }
    }
    return row;
  }

  private @Nullable Object @Nullable [] step() throws SQLException {
    if (over || !rows.next()) {
      over();
      return null;
    }
    read++;
    @Nullable Object[] row = new Object[columns.size()];
    for (int i = 0; i < row.length; i++) {
      Object value = rows.getObject(i + 1);
      row[i] = value instanceof Integer number ? Long.valueOf(number) : value;
    }
    return row;
  }

  @Override
  public long read() {
    return read;
  }

  /** Whether there is more to read. */
  boolean reads() {
    return ahead != null;
  }

  /** Ends the reading before all is read. */
  void end(String why) {
    if (ahead != null) {
      ended = why;
      over();
    }
  }

  @Override
  public void close() {
    end("it was closed");
  }

  private void over() {
    if (over) {
      return;
    }
    over = true;
    ahead = null;
    try {
      rows.close();
    } catch (SQLException e) {
      throw failure.of(e);
    } finally {
      atEnd.accept(this);
    }
  }
}
