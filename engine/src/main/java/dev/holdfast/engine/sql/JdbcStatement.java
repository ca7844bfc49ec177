// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.engine.sql.text.Script;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A statement of a {@link JdbcConnection}: looks at the SQL before the driver's runs it, and at the
 * limits of the object then. Object thread only.
 */
final class JdbcStatement implements InvocationHandler {
  private final JdbcConnection connection;
  private final Statement driver;

  /** What was prepared; null if nothing was. */
  private final @Nullable String prepared;

  private final List<String> batch = new ArrayList<>();

  JdbcStatement(JdbcConnection connection, Statement driver, @Nullable String prepared) {
    this.connection = connection;
    this.driver = driver;
    this.prepared = prepared;
  }

  /** The statements of a text, or why it has none that may run. */
  static Script parse(String sql) throws SQLException {
    try {
      return Script.parse(sql);
    } catch (IllegalArgumentException e) {
      throw new SQLException(e.getMessage(), e);
    }
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments)
      throws Throwable {
    Object[] given = arguments == null ? new Object[0] : arguments;
    return switch (method.getName()) {
      case "equals" -> self == given[0];
      case "hashCode" -> System.identityHashCode(self);
      case "toString" -> prepared == null ? "statement" : prepared;
      case "getConnection" -> connection.proxy();
      case "isWrapperFor" -> ((Class<?>) given[0]).isInstance(self);
      case "unwrap" -> JdbcConnection.unwrap(self, (Class<?>) given[0]);
      case "isClosed" -> driver.isClosed();
      case "close" -> {
        connection.source().turns().checkThread();
        end();
        yield null;
      }
      case "addBatch" -> {
        if (given.length > 0) {
          parse((String) given[0]);
          batch.add((String) given[0]);
        }
        yield onDriver(method, given);
      }
      case "clearBatch" -> {
        batch.clear();
        yield onDriver(method, given);
      }
      case "execute", "executeQuery", "executeUpdate", "executeLargeUpdate" -> {
        String sql = given.length > 0 ? (String) given[0] : prepared;
        yield run(sql == null ? "" : sql, method, given);
      }
      case "executeBatch", "executeLargeBatch" -> {
        String sql = prepared == null ? String.join(";\n", batch) : prepared;
        batch.clear();
        yield sql.isEmpty() ? onDriver(method, given) : run(sql, method, given);
      }
      default -> onDriver(method, given);
    };
  }

  private @Nullable Object onDriver(Method method, Object[] given) throws Throwable {
    connection.source().turns().checkThread();
    return JdbcConnection.call(driver, method, given);
  }

  private Object run(String sql, Method method, Object[] given) throws Throwable {
    JdbcDataSource source = connection.source();
    source.turns().checkThread();
    Script script = parse(sql);
    connection.enter();
    Database database = source.state().enter();
    Guard guard = new Guard(source.turns(), source.state(), database);
    boolean writes = script.statements().stream().anyMatch(Script.Statement::writes);
    if (writes) {
      database.writes();
    }
    boolean returns = script.statements().stream().anyMatch(Script.Statement::returns);
    Object result;
    try {
      // What returns rows is under way until they are read, and so cannot be in a savepoint.
      Guard.Work<Object> work = () -> call(database, method, given);
      result = writes && !returns ? guard.write(work) : work.run();
    } catch (SQLException e) {
      guard.check(e, sql);
      throw e;
    }
    for (Script.Statement statement : script.statements()) {
      if (statement.schema()) {
        database.statements().forget();
      }
      if (statement.setting() != null) {
        source.state().set(statement.setting());
      }
    }
    return result;
  }

  /** The object itself does without generated keys, which take a query each. */
  private Object call(Database database, Method method, Object[] given) throws SQLException {
    database.connection().getConnectionConfig().setGetGeneratedKeys(true);
    try {
      return Objects.requireNonNull(JdbcConnection.call(driver, method, given));
    } catch (SQLException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("the driver throws what JDBC does not let it", e);
    } finally {
      database.connection().getConnectionConfig().setGetGeneratedKeys(false);
    }
  }

  /** Closes it. */
  void end() {
    connection.forget(this);
    try {
      driver.close();
    } catch (SQLException e) {
      throw connection.source().state().broke("did not end a statement", e);
    }
  }
}
