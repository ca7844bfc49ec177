// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.engine.sql.text.Script;
import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A statement of a {@link JdbcConnection}: looks at the SQL before the driver's runs it, and at the
 * limits of the object then. Object thread only.
 */
final class JdbcStatement extends JdbcObject {
  private final JdbcConnection connection;
  private final Statement driver;

  /** What was prepared, one statement; null if nothing was. */
  private final @Nullable Script prepared;

  private final JdbcBatch batch;

  /** The rows of what ran last; null if it has none. */
  private @Nullable JdbcRows rows;

  /** Whether {@code getResultSet} is to answer them. */
  private boolean announced;

  /** How many rows what ran last has changed; -1 if it has rows, or nothing ran. */
  private long count = -1;

  private @Nullable Statement proxy;
  private boolean closed;

  JdbcStatement(JdbcConnection connection, Statement driver, @Nullable Script prepared) {
    this.connection = connection;
    this.driver = driver;
    this.prepared = prepared;
    this.batch = new JdbcBatch(driver);
  }

  <T extends Statement> T proxy(Class<T> type) {
    T made = as(type);
    proxy = made;
    return made;
  }

  @Override
  public String toString() {
    return prepared == null ? "statement" : prepared.statements().getFirst().text();
  }

  @Override
  @Nullable Object answer(Method method, Object[] given) throws Throwable {
    return switch (method.getName()) {
      case "getConnection" -> connection.proxy();
      case "isClosed" -> isClosed();
      case "close" -> {
        if (!closed) {
          connection.source().turns().checkThread();
          end();
        }
        yield null;
      }
      default -> {
        checkOpen();
        yield open(method, given);
      }
    };
  }

  private boolean isClosed() throws SQLException {
    return closed || driver.isClosed();
  }

  private void checkOpen() throws SQLException {
    connection.source().turns().checkThread();
    connection.checkOpen();
    if (isClosed()) {
      throw new SQLException(
          "%s: the statement is closed; make another"
              .formatted(connection.source().state().object()));
    }
  }

  private @Nullable Object open(Method method, Object[] given) throws Throwable {
    return switch (method.getName()) {
      case "addBatch" -> {
        batch.add(script(given));
        yield null;
      }
      case "clearBatch" -> {
        batch.clear();
        yield null;
      }
      case "execute", "executeQuery", "executeUpdate", "executeLargeUpdate" ->
          execute(script(given), method, given);
      case "executeBatch", "executeLargeBatch" -> executeBatch(method);
      case "getResultSet" -> {
        JdbcRows kept = announced ? rows : null;
        announced = false;
        yield kept == null ? ofRows(method, given, null) : kept.proxy();
      }
      case "getUpdateCount" -> (int) count;
      case "getLargeUpdateCount" -> count;
      case "getMoreResults" -> {
        announced = false;
        count = -1;
        yield ofRows(method, given, false);
      }
      default -> orRows(onDriver(method, given));
    };
  }

  private Script script(Object[] given) throws SQLException {
    if (given.length > 0) {
      if (prepared != null) {
        throw new SQLException(
            "%s: a prepared statement runs what was prepared and no other text; get another from createStatement: %s"
                .formatted(
                    connection.source().state().object(), prepared.statements().getFirst().text()));
      }
      return connection.parse((String) given[0]);
    }
    if (prepared == null) {
      throw new SQLException("nothing was prepared");
    }
    return prepared;
  }

  private @Nullable Object onDriver(Method method, Object[] given) throws Throwable {
    return JdbcDescription.confine(this::checkOpen, method, call(driver, method, given));
  }

  private @Nullable Object orRows(@Nullable Object answer) {
    return answer instanceof ResultSet read
        ? new JdbcRows(connection, proxy, read).proxy()
        : answer;
  }

  /** Asks the driver about the rows of what ran last, which may throw if there are none. */
  private @Nullable Object ofRows(Method method, Object[] given, @Nullable Object without)
      throws Throwable {
    return rows == null ? without : orRows(onDriver(method, given));
  }

  // ---------------------------------------------------------------- running

  private Object execute(Script script, Method method, Object[] given) throws SQLException {
    List<Script.Statement> all = script.statements();
    Script.Statement last = all.getLast();
    boolean changes = last.writes() || last.setting() != null;
    if (method.getName().equals("executeQuery") && changes && !last.returns()) {
      throw new SQLException("the statement returns no rows; use executeUpdate: " + last.text());
    }
    replaceRows();
    return guarded(
        all.getFirst(),
        guard -> {
          // The driver would leave all but the first of a text.
          for (Script.Statement statement : all.subList(0, all.size() - 1)) {
            one(guard, statement, () -> drain(statement));
            ran(statement);
          }
          Guard.Work<Object> work = () -> runLast(last, method, given);
          Object result = last.returns() ? returning(guard, last, work) : one(guard, last, work);
          ran(last);
          return result;
        });
  }

  private static Object one(Guard guard, Script.Statement statement, Guard.Work<Object> work)
      throws SQLException {
    return statement.writes() ? guard.writeOne(statement, work) : work.run();
  }

  private Object returning(Guard guard, Script.Statement statement, Guard.Work<Object> work)
      throws SQLException {
    return statement.writes()
        ? guard.writeAndRead(work, this::cuttingRows)
        : guard.explain(work, this::cuttingRows);
  }

  /** Runs a statement to its end; nobody gets its rows. */
  private Object drain(Script.Statement statement) throws SQLException {
    boolean hasRows = driver.execute(statement.text());
    if (hasRows) {
      driver.getResultSet().close();
    }
    return hasRows;
  }

  /** Notes what it has changed of the connection. */
  private void ran(Script.Statement statement) throws SQLException {
    DatabaseHost state = connection.source().state();
    if (statement.schema()) {
      state.enter().statements().forget();
    }
    if (statement.setting() != null) {
      state.set(statement.setting());
    }
  }

  private Object executeBatch(Method method) throws SQLException {
    replaceRows();
    List<Script.Statement> all = batch.statements();
    if (all.isEmpty()) {
      // Nothing is cleared: the driver would forget the parameters that are set.
      return method.getName().equals("executeBatch") ? new int[0] : new long[0];
    }
    try {
      return guarded(
          all.getFirst(),
          guard -> {
            Object counts = batch.run(guard, () -> callForKeys(method, NOTHING));
            for (Script.Statement statement : all) {
              ran(statement);
            }
            return counts;
          });
    } finally {
      // If it was refused before the driver ran it, the next batch would run it too.
      batch.clear();
    }
  }

  private void replaceRows() throws SQLException {
    announced = false;
    count = -1;
    JdbcRows before = rows;
    rows = null;
    if (before != null) {
      before.replace();
    }
  }

  /** What is to be done under the guard of the object. */
  @FunctionalInterface
  private interface Guarded {
    Object run(Guard guard) throws SQLException;
  }

  private Object guarded(Script.Statement first, Guarded work) throws SQLException {
    JdbcDataSource source = connection.source();
    connection.enter();
    Database database = source.state().enter();
    Guard guard = new Guard(source.turns(), source.state(), database);
    try {
      return work.run(guard);
    } catch (SQLException e) {
      guard.check(e, first.text());
      throw e;
    }
  }

  /** Runs the last statement of a text, as the method says. */
  private Object runLast(Script.Statement statement, Method method, Object[] given)
      throws SQLException {
    Object[] arguments = given.clone();
    if (arguments.length > 0) {
      arguments[0] = statement.text();
    }
    Object result = callForKeys(method, arguments);
    announced = Boolean.TRUE.equals(result);
    ResultSet read = announced ? driver.getResultSet() : null;
    if (result instanceof ResultSet answered) {
      read = answered;
    }
    JdbcRows mine = read == null ? null : new JdbcRows(connection, proxy, read);
    rows = mine;
    count = mine == null ? changed(statement) : -1;
    return switch (method.getName()) {
      case "executeUpdate" -> (int) count;
      case "executeLargeUpdate" -> count;
      default -> mine == null || announced ? result : mine.proxy();
    };
  }

  /**
   * How many rows the statement that ran last has changed itself. What the driver tells counts
   * those of triggers too, or those that were changed before it: that depends on how it was run.
   */
  private long changed(Script.Statement statement) throws SQLException {
    return statement.changesRows() ? connection.source().state().enter().changes() : 0;
  }

  /** The object itself does without generated keys, which take a query each. */
  private Object callForKeys(Method method, Object[] given) throws SQLException {
    Database database = connection.source().state().enter();
    database.connection().getConnectionConfig().setGetGeneratedKeys(true);
    try {
      return Objects.requireNonNull(call(driver, method, given));
    } catch (SQLException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("the driver throws what JDBC does not let it", e);
    } finally {
      database.connection().getConnectionConfig().setGetGeneratedKeys(false);
    }
  }

  private Guard.End cuttingRows() {
    JdbcRows open = rows;
    return open == null ? () -> {} : open::cut;
  }

  /** Closes it. */
  void end() {
    closed = true;
    connection.forget(this);
    try {
      driver.close();
    } catch (SQLException e) {
      throw connection.source().state().broke("did not end a statement", e);
    }
  }
}
