// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.Sql;
import dev.holdfast.SqlRows;
import dev.holdfast.Storage;
import dev.holdfast.engine.sql.text.Script;
import dev.holdfast.engine.state.Turns;
import dev.holdfast.store.View;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The SQL database that object code sees: checks, and leaves the rest to the statements' run. */
public final class ObjectSql implements Sql {
  private static final Object[] NOTHING = {};

  private final Turns turns;
  private final Storage storage;
  private final SqlState state;
  private final long listBytes;

  ObjectSql(Turns turns, Storage storage, SqlState state, long listBytes) {
    this.turns = turns;
    this.storage = storage;
    this.state = state;
    this.listBytes = listBytes;
  }

  @Override
  public SqlRows query(String sql, @Nullable Object... bindings) {
    turns.checkThread();
    state.checkText(sql);
    ScriptRun run = new ScriptRun(turns, state, sql, listBytes);
    QueryRows.RowSource rows = run.start(array(bindings));
    return new QueryRows(turns, rows, listBytes, run.written());
  }

  /**
   * Runs statements on the database as it was in a view.
   *
   * @throws IllegalArgumentException if one of them may change something
   */
  public SqlRows queryPast(View view, String sql, @Nullable Object... bindings) {
    turns.checkThread();
    state.checkText(sql);
    if (Script.parse(sql).statements().stream().anyMatch(Script.Statement::writes)) {
      throw new IllegalArgumentException(
          "%s: a past moment cannot be changed: %s".formatted(state.object(), Guard.shown(sql)));
    }
    ScriptRun run = new ScriptRun(turns, state.past(view), sql, listBytes);
    QueryRows.RowSource rows = run.start(array(bindings));
    return new QueryRows(turns, rows, listBytes, run.written());
  }

  @Override
  public long exec(String sql, @Nullable Object... bindings) {
    turns.checkThread();
    state.checkText(sql);
    ScriptRun run = new ScriptRun(turns, state, sql, listBytes);
    QueryRows.RowSource rows = run.start(array(bindings));
    try {
      while (rows.next() != null) {
        // The rows are dropped.
      }
    } finally {
      rows.close();
    }
    return run.written();
  }

  /** One who passes null alone means a parameter that is null. */
  @SuppressWarnings("NullAway") // of an array that may not be null, but from other languages is
  private static @Nullable Object[] array(@Nullable Object[] bindings) {
    return bindings == null ? new @Nullable Object[1] : bindings;
  }

  @Override
  public void migrate(String... steps) {
    turns.checkThread();
    int seen = state.userVersion();
    if (seen > steps.length) {
      throw new IllegalStateException(
          "%s: its database has seen %d steps of migration, and this code has %d; run the code that it was written by, or newer"
              .formatted(state.object(), seen, steps.length));
    }
    for (int i = seen; i < steps.length; i++) {
      String step = steps[i];
      int version = i + 1;
      storage.transaction(
          () -> {
            exec(step, NOTHING);
            exec("PRAGMA user_version=" + version, NOTHING);
          });
    }
  }

  @Override
  public DataSource dataSource() {
    turns.checkThread();
    return state.dataSource();
  }

  @Override
  public long databaseSize() {
    turns.checkThread();
    return state.exists() ? ScriptRun.size(state) : 0;
  }
}
