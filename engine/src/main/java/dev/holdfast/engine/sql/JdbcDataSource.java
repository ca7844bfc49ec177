// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.engine.state.ObjectState;
import dev.holdfast.engine.state.Turns;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The database of an object as libraries know one. Object thread only.
 *
 * <p>All connections are one to SQLite, so only one of them may be in a transaction, and then no
 * other is given out or used.
 */
final class JdbcDataSource implements DataSource {
  private final Turns turns;
  private final SqlState state;
  private final ObjectState object;
  private final Set<JdbcConnection> open = new LinkedHashSet<>();

  JdbcDataSource(Turns turns, SqlState state, ObjectState object) {
    this.turns = turns;
    this.state = state;
    this.object = object;
  }

  Turns turns() {
    return turns;
  }

  SqlState state() {
    return state;
  }

  /** Whose transactions those of the connections are. */
  ObjectState object() {
    return object;
  }

  @Override
  public Connection getConnection() throws SQLException {
    turns.checkThread();
    checkNoOther(null);
    JdbcConnection connection = new JdbcConnection(this);
    open.add(connection);
    return connection.proxy();
  }

  /**
   * Throws if a connection is in a transaction.
   *
   * @param but which may be
   */
  void checkNoOther(@Nullable JdbcConnection but) throws SQLException {
    for (JdbcConnection other : open) {
      if (other != but && other.inTransaction()) {
        throw new SQLException(
            "%s: another connection of its data source is in a transaction; end it first, or use that connection"
                .formatted(state.object()));
      }
    }
  }

  /** As {@link Guard#check}. */
  void check(SQLException failure, String text) {
    new Guard(turns, state, state.enter()).check(failure, text);
  }

  void closed(JdbcConnection connection) {
    open.remove(connection);
  }

  /** All connections end; what was not committed is rolled back. */
  void endAll() {
    List.copyOf(open).forEach(JdbcConnection::end);
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("the data source of an object is not a " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {
    // What fails is thrown.
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // Nobody waits for a connection.
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("java.util.logging is not used");
  }
}
