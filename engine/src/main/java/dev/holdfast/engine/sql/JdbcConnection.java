// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.engine.sql.text.Script;
import dev.holdfast.engine.state.ObjectState;
import dev.holdfast.engine.state.Transaction;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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
final class JdbcConnection extends JdbcObject {
  private final JdbcDataSource source;
  private final Connection proxy;
  private final Set<JdbcStatement> statements = new LinkedHashSet<>();
  private final List<Mark> savepoints = new ArrayList<>();

  /** Of what it has told about the database. */
  private final List<JdbcRows> told = new ArrayList<>();

  private boolean autoCommit = true;
  private boolean closed;

  /** The one that was begun last; it may have ended. */
  private @Nullable Transaction transaction;

  JdbcConnection(JdbcDataSource source) {
    this.source = source;
    this.proxy = as(Connection.class);
  }

  Connection proxy() {
    return proxy;
  }

  JdbcDataSource source() {
    return source;
  }

  @Override
  public String toString() {
    return "connection to the SQL database of " + source.state().object();
  }

  @Override
  @Nullable Object answer(Method method, Object[] given) throws Throwable {
    return switch (method.getName()) {
      case "isClosed" -> closed;
      case "isValid" -> !closed;
      case "close", "abort" -> {
        close();
        yield null;
      }
      default -> open(method, given);
    };
  }

  private @Nullable Object open(Method method, Object[] given) throws Throwable {
    source.turns().checkThread();
    checkOpen();
    return switch (method.getName()) {
      case "getAutoCommit" -> autoCommit;
      case "setAutoCommit" -> {
        setAutoCommit((Boolean) given[0]);
        yield null;
      }
      case "commit" -> {
        checkManual("commit");
        end("commit", true);
        yield null;
      }
      case "rollback" -> {
        checkManual("rollback");
        if (given.length == 0) {
          end("rollback", false);
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
        Script script = parse((String) given[0]);
        if (script.statements().size() > 1) {
          throw new SQLException(
              "%s: %d statements in one text; prepare them one by one"
                  .formatted(source.state().object(), script.statements().size()));
        }
        Script.Statement only = script.statements().getFirst();
        Object made =
            only.actsWhenPrepared()
                ? new JdbcPragma(source.state().enter().connection().createStatement(), only.text())
                    .as(PreparedStatement.class)
                : onDriver(method, given);
        yield add(PreparedStatement.class, (Statement) made, script);
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

  /** The statements of a text, or why it has none that may run. */
  Script parse(String sql) throws SQLException {
    source.state().checkText(sql);
    try {
      return Script.parse(sql);
    } catch (IllegalArgumentException e) {
      throw new SQLException(source.state().object() + ": " + e.getMessage(), e);
    }
  }

  void checkOpen() throws SQLException {
    if (closed) {
      throw new SQLException(
          "%s: the connection is closed; one ends with the turn in which it was got, and with deleteAll: get another"
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

  private <T extends Statement> T add(
      Class<T> type, @Nullable Statement made, @Nullable Script prepared) {
    if (made == null) {
      throw new IllegalStateException("the driver made no statement");
    }
    JdbcStatement statement = new JdbcStatement(this, made, prepared);
    statements.add(statement);
    return statement.proxy(type);
  }

  private DatabaseMetaData metaData(@Nullable DatabaseMetaData driver) {
    return new About(Objects.requireNonNull(driver)).as(DatabaseMetaData.class);
  }

  /** What is told about the database. */
  private final class About extends JdbcObject {
    private final DatabaseMetaData driver;

    About(DatabaseMetaData driver) {
      this.driver = driver;
    }

    @Override
    public String toString() {
      return "description of the SQL database of " + source.state().object();
    }

    @Override
    @Nullable Object answer(Method method, Object[] given) throws Throwable {
      return switch (method.getName()) {
        case "getConnection" -> proxy;
        // The driver's names a file that nobody else may open.
        case "getURL" -> "jdbc:sqlite:";
        default -> tell(driver, method, given);
      };
    }
  }

  private @Nullable Object tell(DatabaseMetaData driver, Method method, Object[] given)
      throws Throwable {
    source.turns().checkThread();
    checkOpen();
    source.state().enter();
    Object answer = call(driver, method, given);
    if (answer instanceof ResultSet rows) {
      JdbcRows mine = new JdbcRows(this, null, rows);
      told.add(mine);
      return mine.proxy();
    }
    return answer;
  }

  // ---------------------------------------------------------------- transactions

  /** Whether it is in a transaction; one around it may have been undone, and this one with it. */
  boolean inTransaction() {
    Transaction begun = transaction;
    return begun != null && source.object().depthOf(begun) > 0;
  }

  /** Something is to be executed: a transaction begins if one is wanted. */
  void enter() throws SQLException {
    checkOpen();
    source.checkNoOther(this);
    if (!autoCommit) {
      begin();
    }
  }

  private void begin() {
    if (!inTransaction()) {
      savepoints.clear();
      transaction = source.object().beginTransaction();
    }
  }

  /**
   * A transaction begins when auto-commit is turned off, so that all is part of it that the object
   * does from then on; the next one begins when something is executed.
   */
  private void setAutoCommit(boolean wanted) throws SQLException {
    if (wanted && !autoCommit) {
      end("setAutoCommit", true);
    } else if (!wanted && autoCommit) {
      source.checkNoOther(this);
      begin();
    }
    autoCommit = wanted;
  }

  /** Ends the transaction if one is open. */
  private void end(String what, boolean keep) throws SQLException {
    Transaction begun = transaction;
    if (begun != null && inTransaction()) {
      endFrom(begun, keep, what);
    }
    transaction = null;
  }

  /** Ends a transaction of this connection and those within it, which have to be its own too. */
  private void endFrom(Transaction outermost, boolean keep, String what) throws SQLException {
    ObjectState object = source.object();
    int depth = object.depthOf(outermost);
    checkAllMine(depth, what);
    if (keep) {
      while (object.depth() >= depth) {
        object.commitTransaction();
      }
    } else {
      object.rollbackTo(depth - 1);
    }
  }

  private void checkAllMine(int from, String what) throws SQLException {
    ObjectState object = source.object();
    long mine = savepoints.stream().filter(mark -> object.depthOf(mark.begun()) >= from).count();
    if (transaction != null && object.depthOf(transaction) >= from) {
      mine++;
    }
    if (object.depth() - from + 1 > mine) {
      throw new SQLException(
          "%s: %s within storage().transaction(...) that began later; end that first"
              .formatted(source.state().object(), what));
    }
  }

  private Savepoint savepoint(@Nullable String name) throws SQLException {
    enter();
    int number = savepoints.isEmpty() ? 1 : savepoints.getLast().number() + 1;
    Mark mark = new Mark(source.object().beginTransaction(), number, name);
    savepoints.add(mark);
    return mark;
  }

  private void release(Savepoint savepoint) throws SQLException {
    Mark mark = open(savepoint, "releaseSavepoint");
    endFrom(mark.begun(), true, "releaseSavepoint");
    savepoints.subList(savepoints.indexOf(mark), savepoints.size()).clear();
  }

  /** What was written since is undone; the savepoint stays. */
  private void rollback(Savepoint savepoint) throws SQLException {
    Mark mark = open(savepoint, "rollback");
    try {
      endFrom(mark.begun(), false, "rollback");
    } finally {
      if (source.object().depthOf(mark.begun()) == 0) {
        savepoints.subList(savepoints.indexOf(mark) + 1, savepoints.size()).clear();
        mark.begun = source.object().beginTransaction();
      }
    }
  }

  private Mark open(@Nullable Savepoint savepoint, String what) throws SQLException {
    for (Mark mark : savepoints) {
      if (mark == savepoint && inTransaction() && source.object().depthOf(mark.begun()) > 0) {
        return mark;
      }
    }
    throw new SQLException(what + ": the savepoint is not one of the open transaction");
  }

  /** A savepoint; equal to itself alone. */
  private static final class Mark implements Savepoint {
    private final int number;
    private final @Nullable String name;

    /** What is undone when one goes back to it; then another begins. */
    private Transaction begun;

    private Mark(Transaction begun, int number, @Nullable String name) {
      this.begun = begun;
      this.number = number;
      this.name = name;
    }

    private Transaction begun() {
      return begun;
    }

    private int number() {
      return number;
    }

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
  }

  // ---------------------------------------------------------------- the end

  void forget(JdbcStatement statement) {
    statements.remove(statement);
  }

  /** The code that uses it closes it. */
  private void close() throws SQLException {
    if (closed) {
      return;
    }
    source.turns().checkThread();
    Transaction begun = transaction;
    if (begun != null && inTransaction()) {
      checkAllMine(source.object().depthOf(begun), "close");
    }
    end();
  }

  /** Closes it, and rolls back what was not committed. */
  void end() {
    closed = true;
    source.closed(this);
    List.copyOf(statements).forEach(JdbcStatement::end);
    List.copyOf(told).forEach(JdbcRows::end);
    told.clear();
    Transaction begun = transaction;
    transaction = null;
    if (begun != null) {
      int depth = source.object().depthOf(begun);
      if (depth > 0) {
        source.object().rollbackTo(depth - 1);
      }
    }
  }
}
