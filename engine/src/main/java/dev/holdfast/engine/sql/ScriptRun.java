// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.LimitExceededException;
import dev.holdfast.SqlException;
import dev.holdfast.engine.sql.QueryRows.RowSource;
import dev.holdfast.engine.sql.Statements.Prepared;
import dev.holdfast.engine.sql.text.Script;
import dev.holdfast.engine.state.Turns;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of the statements of a text. Object thread only. */
final class ScriptRun {
  private static final Object[] NOTHING = {};

  /** What a statement may hold in memory until it is run again. */
  private static final int HELD_BYTES = 16 << 10;

  private final DatabaseHost state;
  private final String text;
  private final long listBytes;
  private final Database database;
  private final Guard guard;
  private long written;

  ScriptRun(Turns turns, DatabaseHost state, String text, long listBytes) {
    this.state = state;
    this.text = text;
    this.listBytes = listBytes;
    this.database = state.enter();
    this.guard = new Guard(turns, state, database);
  }

  /** How many rows all statements have changed that have ended. */
  long written() {
    return written;
  }

  /** Runs all statements but the last to their end, and the last one to its first row. */
  RowSource start(@Nullable Object[] bindings) {
    Prepared prepared;
    try {
      prepared = database.statements().take(text);
    } catch (SQLException e) {
      throw failed(e);
    }
    boolean reading = false;
    try {
      int last = prepared.script().size() - 1;
      for (int i = 0; i < last; i++) {
        run(prepared, i, NOTHING, _ -> {}).close();
        database.statements().ran(prepared, i);
      }
      RowSource rows = run(prepared, last, bindings, _ -> giveBack(prepared));
      reading = rows instanceof Cursor;
      return rows;
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      if (!reading) {
        giveBack(prepared);
      }
    }
  }

  private void giveBack(Prepared prepared) {
    try {
      database.statements().giveBack(prepared);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /**
   * @param atEnd runs when the rows of a cursor are read
   */
  private RowSource run(
      Prepared prepared, int index, @Nullable Object[] bindings, Consumer<Cursor> atEnd)
      throws SQLException {
    Script.Statement statement = prepared.script().get(index);
    if (statement.actsWhenPrepared()) {
      checkCount(0, bindings);
    }
    PreparedStatement ready = database.statements().prepare(prepared, index);
    if (bind(ready, bindings) > HELD_BYTES) {
      prepared.heavy(ready);
    }
    RowSource rows;
    try {
      rows = run(ready, statement, atEnd);
    } catch (SQLException e) {
      if (!Guard.isConstraint(e)) {
        database.statements().failed(prepared, index);
      }
      throw e;
    }
    if (statement.setting() != null) {
      state.set(statement.setting());
    }
    return rows;
  }

  private RowSource run(PreparedStatement ready, Script.Statement statement, Consumer<Cursor> atEnd)
      throws SQLException {
    if (statement.writes()) {
      return write(ready, statement);
    }
    if (!ready.execute()) {
      return new KeptRows(List.of(), List.of());
    }
    return statement.returns() ? keep(ready) : open(ready, atEnd);
  }

  private Cursor open(PreparedStatement statement, Consumer<Cursor> atEnd) throws SQLException {
    Cursor cursor =
        new Cursor(
            statement.getResultSet(),
            this::failed,
            ended -> {
              state.readsNoMore(ended);
              atEnd.accept(ended);
            });
    if (cursor.reads()) {
      state.reads(cursor);
    }
    return cursor;
  }

  /** About how much memory the parameters take is what is returned. */
  private long bind(PreparedStatement statement, @Nullable Object[] bindings) throws SQLException {
    int expected = statement.getParameterMetaData().getParameterCount();
    checkCount(expected, bindings);
    @Nullable Object[] values = new Object[expected];
    for (int i = 0; i < expected; i++) {
      try {
        values[i] = Values.toSql(bindings[i]);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "%s: parameter %d: %s: %s"
                .formatted(state.object(), i + 1, e.getMessage(), Guard.shown(text)),
            e);
      }
    }
    for (int i = 0; i < expected; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return RowBytes.of(values);
  }

  private void checkCount(int expected, @Nullable Object[] bindings) {
    if (bindings.length != expected) {
      throw new IllegalArgumentException(
          "%s: expected %d parameters, found %d: %s"
              .formatted(state.object(), expected, bindings.length, Guard.shown(text)));
    }
  }

  private RowSource write(PreparedStatement statement, Script.Statement what) throws SQLException {
    long before = database.totalChanges();
    RowSource rows =
        guard.writeOne(
            what,
            before,
            () -> statement.execute() ? keep(statement) : new KeptRows(List.of(), List.of()));
    written += database.totalChanges() - before;
    if (what.schema()) {
      database.statements().forget();
    }
    return rows;
  }

  /** What RETURNING returns or EXPLAIN tells, all of it: SQLite takes it for writing until then. */
  private RowSource keep(PreparedStatement statement) throws SQLException {
    List<@Nullable Object[]> all = new ArrayList<>();
    long bytes = 0;
    Cursor cursor = new Cursor(statement.getResultSet(), this::failed, _ -> {});
    for (@Nullable Object[] row = cursor.next(); row != null; row = cursor.next()) {
      bytes += RowBytes.of(row);
      if (bytes > listBytes) {
        cursor.close();
        throw new LimitExceededException(
            "%s: the rows of RETURNING or EXPLAIN take more than %d bytes (limits.list-bytes)"
                .formatted(state.object(), listBytes));
      }
      all.add(row);
    }
    return new KeptRows(cursor.columns(), all);
  }

  /** The size of the object's database without what is free in it. */
  static long size(DatabaseHost state) {
    Database database = state.enter();
    try {
      return (database.number("PRAGMA page_count") - database.number("PRAGMA freelist_count"))
          * Database.PAGE_BYTES;
    } catch (SQLException e) {
      throw state.broke("does not tell its size", e);
    }
  }

  /** What a failure of SQLite is to the code of the object; what breaks the object is thrown. */
  private RuntimeException failed(SQLException e) {
    guard.check(e, text);
    return new SqlException(
        "%s: %s: %s".formatted(state.object(), e.getMessage(), Guard.shown(text)),
        Guard.code(e).name(),
        e);
  }

  /** Rows that are in memory. */
  private static final class KeptRows implements RowSource {
    private final List<String> columns;
    private final List<@Nullable Object[]> rows;
    private int next;

    KeptRows(List<String> columns, List<@Nullable Object[]> rows) {
      this.columns = columns;
      this.rows = rows;
    }

    @Override
    public List<String> columns() {
      return columns;
    }

    @Override
    public @Nullable Object @Nullable [] next() {
      return next < rows.size() ? rows.get(next++) : null;
    }

    @Override
    public long read() {
      return Math.min(next + 1, rows.size());
    }

    @Override
    public void close() {
      next = rows.size();
    }
  }
}
