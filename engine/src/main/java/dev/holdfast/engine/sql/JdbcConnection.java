// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the database of an object: passes on to the driver's what concerns the database
 * alone. Its transactions and savepoints are transactions of the turn. Object thread only.
 */
final class JdbcConnection implements InvocationHandler {
  private final JdbcDataSource source;
  private final Connection proxy;
  private final Set<JdbcStatement> statements = new LinkedHashSet<>();
  private final List<Mark> savepoints = new ArrayList<>();
  private boolean autoCommit = true;
  private boolean closed;

  /** How many transactions were open before this one's; -1 if it is in none. */
  private int base = -1;

  JdbcConnection(JdbcDataSource source) {
    this.source = source;
    this.proxy = proxy(Connection.class, this);
  }

  static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            JdbcConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  Connection proxy() {
    return proxy;
  }

  JdbcDataSource source() {
    return source;
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments)
      throws Throwable {
    Object[] given = arguments == null ? new Object[0] : arguments;
    return switch (method.getName()) {
      case "equals" -> self == given[0];
      case "hashCode" -> System.identityHashCode(self);
      case "toString" -> "connection to the SQL database of " + source.state().object();
      case "isClosed" -> closed;
      case "isWrapperFor" -> ((Class<?>) given[0]).isInstance(self);
      case "unwrap" -> unwrap(self, (Class<?>) given[0]);
      case "close", "abort" -> {
        end();
        yield null;
      }
      default -> open(method, given);
    };
  }

  static Object unwrap(Object self, Class<?> type) throws SQLException {
    if (type.isInstance(self)) {
      return self;
    }
    throw new SQLException("it is confined to its object, and not a " + type.getName());
  }

  private @Nullable Object open(Method method, Object[] given) throws Throwable {
    source.turns().checkThread();
    checkOpen();
    return switch (method.getName()) {
      case "isValid" -> true;
      case "getAutoCommit" -> autoCommit;
      case "setAutoCommit" -> {
        boolean wanted = (Boolean) given[0];
        if (wanted && !autoCommit) {
          commit();
        }
        autoCommit = wanted;
        yield null;
      }
      case "commit" -> {
        checkManual("commit");
        commit();
        yield null;
      }
      case "rollback" -> {
        checkManual("rollback");
        if (given.length == 0) {
          rollback();
        } else {
          rollback((Savepoint) given[0]);
        }
        yield null;
      }
      case "setSavepoint" -> {
        checkManual("setSavepoint");
        yield savepoint(given.length == 0 ? null : (String) given[0]);
      }
      case "releaseSavepoint" -> {
        release((Savepoint) given[0]);
        yield null;
      }
      case "createStatement" -> add(Statement.class, (Statement) onDriver(method, given), null);
      case "prepareStatement" -> {
        String sql = (String) given[0];
        JdbcStatement.parse(sql);
        yield add(PreparedStatement.class, (PreparedStatement) onDriver(method, given), sql);
      }
      case "getMetaData" -> metaData((DatabaseMetaData) onDriver(method, given));
      // There is nothing to choose from.
      case "setReadOnly",
          "setTransactionIsolation",
          "setCatalog",
          "setSchema",
          "setHoldability",
          "setNetworkTimeout",
          "setClientInfo",
          "setTypeMap",
          "clearWarnings" ->
          null;
      default -> onDriver(method, given);
    };
  }

  void checkOpen() throws SQLException {
    if (closed) {
      throw new SQLException(
          "%s: the connection is closed; one ends with the turn in which it was got: get another"
              .formatted(source.state().object()));
    }
  }

  private void checkManual(String what) throws SQLException {
    if (autoCommit) {
      throw new SQLException(what + " with auto-commit on; call setAutoCommit(false) before");
    }
  }

  private @Nullable Object onDriver(Method method, Object[] given) throws Throwable {
    return call(source.state().enter().connection(), method, given);
  }

  static @Nullable Object call(Object target, Method method, Object[] given) throws Throwable {
    try {
      return method.invoke(target, given);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private <T extends Statement> T add(Class<T> type, @Nullable T made, @Nullable String sql) {
    if (made == null) {
      throw new IllegalStateException("the driver made no statement");
    }
    JdbcStatement statement = new JdbcStatement(this, made, sql);
    statements.add(statement);
    return proxy(type, statement);
  }

  private DatabaseMetaData metaData(@Nullable DatabaseMetaData driver) {
    return proxy(
        DatabaseMetaData.class,
        (self, method, arguments) -> {
          Object[] given = arguments == null ? new Object[0] : arguments;
          return switch (method.getName()) {
            case "getConnection" -> proxy;
            case "unwrap" -> unwrap(self, (Class<?>) given[0]);
            default -> {
              source.turns().checkThread();
              checkOpen();
              source.state().enter();
              yield call(Objects.requireNonNull(driver), method, given);
            }
          };
        });
  }

  // ---------------------------------------------------------------- transactions

  /** Whether it is in a transaction; one around it may have been undone, and this one with it. */
  boolean inTransaction() {
    return base >= 0 && source.object().depth() > base;
  }

  /** Something is to be executed: a transaction begins if one is wanted. */
  void enter() throws SQLException {
    checkOpen();
    source.checkNoOther(this);
    if (!autoCommit && !inTransaction()) {
      base = source.object().depth();
      savepoints.clear();
      source.object().beginTransaction();
    }
  }

  private void commit() throws SQLException {
    if (inTransaction()) {
      checkInnermost("commit");
      endTo(base, true);
    }
    base = -1;
  }

  private void rollback() throws SQLException {
    if (inTransaction()) {
      checkInnermost("rollback");
      endTo(base, false);
    }
    base = -1;
  }

  private void checkInnermost(String what) throws SQLException {
    if (source.object().depth() != base + 1 + savepoints.size()) {
      throw new SQLException(
          "%s: %s within storage().transaction(...) that began later; end that first"
              .formatted(source.state().object(), what));
    }
  }

  private void endTo(int depth, boolean keep) {
    while (source.object().depth() > depth) {
      if (keep) {
        source.object().commitTransaction();
      } else {
        source.object().rollbackTransaction();
      }
    }
  }

  private Savepoint savepoint(@Nullable String name) throws SQLException {
    enter();
    checkInnermost("setSavepoint");
    source.object().beginTransaction();
    Mark mark = new Mark(this, savepoints.size(), name);
    savepoints.add(mark);
    return mark;
  }

  private void release(Savepoint savepoint) throws SQLException {
    int index = index(savepoint, "releaseSavepoint");
    endTo(base + 1 + index, true);
    savepoints.subList(index, savepoints.size()).clear();
  }

  /** What was written since is undone; the savepoint stays. */
  private void rollback(Savepoint savepoint) throws SQLException {
    int index = index(savepoint, "rollback");
    endTo(base + 1 + index, false);
    source.object().beginTransaction();
    savepoints.subList(index + 1, savepoints.size()).clear();
  }

  private int index(Savepoint savepoint, String what) throws SQLException {
    int index = inTransaction() ? savepoints.indexOf(savepoint) : -1;
    if (index < 0) {
      throw new SQLException(what + ": the savepoint is not one of the open transaction");
    }
    checkInnermost(what);
    return index;
  }

  /** A savepoint; equal to itself alone. */
  private record Mark(JdbcConnection of, int number, @Nullable String name) implements Savepoint {
    @Override
    public int getSavepointId() throws SQLException {
      if (name != null) {
        throw new SQLException("the savepoint has a name");
      }
      return number;
    }

    @Override
    public String getSavepointName() throws SQLException {
      if (name == null) {
        throw new SQLException("the savepoint has no name");
      }
      return name;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  // ---------------------------------------------------------------- the end

  void forget(JdbcStatement statement) {
    statements.remove(statement);
  }

  /** Closes it, and rolls back what was not committed. */
  void end() {
    if (closed) {
      return;
    }
    closed = true;
    source.closed(this);
    List.copyOf(statements).forEach(JdbcStatement::end);
    if (inTransaction()) {
      endTo(base, false);
    }
    base = -1;
  }
}
