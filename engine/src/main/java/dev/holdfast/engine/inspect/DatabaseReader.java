// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.inspect;

import dev.holdfast.engine.sql.SqlLimits;
import dev.holdfast.engine.sql.text.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/**
 * Reads a file of SQLite with queries that anybody may have written: they can write nothing, reach
 * no other file, and end when they have taken too long. One thread.
 */
public final class DatabaseReader implements AutoCloseable {
  /** The largest value or row, as for objects by default. */
  private static final int VALUE_BYTES = 64 << 20;

  /** Steps of SQLite's machine after which it asks whether it is to stop: a few milliseconds. */
  private static final int STEPS = 500_000;

  // SQLite's primary result codes.
  private static final int ERROR = 1;
  private static final int INTERRUPTED = 9;
  private static final int TOO_BIG = 18;
  private static final int MISMATCH = 20;
  private static final int RANGE = 25;

  private final SQLiteConnection connection;
  private final Duration limit;
  private long leftNanos;
  private long begun;

  /**
   * What there is in a database.
   *
   * @param kind {@code table}, {@code view}, {@code index} or {@code trigger}
   * @param name its name
   * @param sql the statement that makes it
   * @param rows of a table; -1 if they are not counted, as that would take too long or cannot be
   *     done
   */
  public record Part(String kind, String name, String sql, long rows) {}

  /** Takes the rows of a query. */
  public interface Rows {
    /** First, the names of the columns. */
    void columns(List<String> names) throws IOException;

    /**
     * A row: of each column a {@link Long}, {@link Double}, {@link String}, {@code byte[]} or null.
     *
     * @return whether to go on
     */
    boolean row(List<@Nullable Object> values) throws IOException;

    /** Last, unless it fails. */
    void end() throws IOException;
  }

  /**
   * Opens a database.
   *
   * @param limit how long SQLite may work in all
   * @throws IOException if it cannot be opened
   */
  public DatabaseReader(Path file, Duration limit) throws IOException {
    this.limit = limit;
    this.leftNanos = limit.toNanos();
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    SQLiteConnection made = null;
    try {
      made = JDBC.createConnection("jdbc:sqlite:" + file, config.toProperties());
      setUp(made, SqlLimits.DEFAULT);
      this.connection = made;
    } catch (SQLException e) {
      closeQuietly(made, e);
      throw new IOException("the database cannot be opened: " + e.getMessage(), e);
    }
  }

  private static void closeQuietly(@Nullable SQLiteConnection made, SQLException why) {
    if (made != null) {
      try (made) {
        // Only to be closed.
      } catch (SQLException e) {
        why.addSuppressed(e);
      }
    }
  }

  private void setUp(SQLiteConnection made, SqlLimits limits) throws SQLException {
    made.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, VALUE_BYTES);
    made.setLimit(SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH, limits.textBytes());
    made.setLimit(SQLiteLimits.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, limits.likeBytes());
    made.setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 0);
    ProgressHandler.setHandler(
        made,
        STEPS,
        new ProgressHandler() {
          @Override
          protected int progress() {
            return over() ? 1 : 0;
          }
        });
  }

  private boolean over() {
    return Thread.currentThread().isInterrupted() || System.nanoTime() - begun > leftNanos;
  }

  /** Something that SQLite does. */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws SQLException;
  }

  /** Lets SQLite work, and counts the time. */
  private <T> T timed(Work<T> work) throws SQLException {
    begun = System.nanoTime();
    try {
      return work.run();
    } finally {
      leftNanos -= System.nanoTime() - begun;
    }
  }

  /**
   * Everything that the database has, but what SQLite keeps for itself.
   *
   * @throws IOException if the file is damaged
   */
  public List<Part> parts() throws IOException, InterruptedException {
    List<Part> parts = new ArrayList<>();
    String all =
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE"
            + " 'sqlite\\_%' ESCAPE '\\' ORDER BY type = 'table' DESC, type, name";
    try (Statement statement = connection.createStatement();
        ResultSet rows = timed(() -> statement.executeQuery(all))) {
      while (timed(rows::next)) {
        parts.add(new Part(rows.getString(1), rows.getString(2), rows.getString(3), -1));
      }
    } catch (SQLException e) {
      throw failed("its schema cannot be read", e);
    }
    List<Part> counted = new ArrayList<>();
    for (Part part : parts) {
      counted.add(
          part.kind().equals("table")
              ? new Part(part.kind(), part.name(), part.sql(), count(part.name()))
              : part);
    }
    return counted;
  }

  private long count(String table) throws InterruptedException {
    String count = "SELECT count(*) FROM \"" + table.replace("\"", "\"\"") + "\"";
    try (Statement statement = connection.createStatement();
        ResultSet row = timed(() -> statement.executeQuery(count))) {
      return row.getLong(1);
    } catch (SQLException e) {
      // Of a module that is not there, or there is no time left.
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      return -1;
    }
  }

  /**
   * Runs one query.
   *
   * @throws IllegalArgumentException if it is none that only reads, or SQLite does not take it
   * @throws IOException if it took too long, or the file is damaged
   */
  public void query(String sql, Rows rows) throws IOException, InterruptedException {
    check(sql);
    try (Statement statement = connection.createStatement();
        ResultSet found = timed(() -> statement.executeQuery(sql))) {
      ResultSetMetaData meta = found.getMetaData();
      List<String> names = new ArrayList<>();
      for (int i = 1; i <= meta.getColumnCount(); i++) {
        names.add(meta.getColumnLabel(i));
      }
      rows.columns(names);
      boolean more = true;
      while (more && timed(found::next)) {
        List<@Nullable Object> values = new ArrayList<>(names.size());
        for (int i = 1; i <= names.size(); i++) {
          Object value = found.getObject(i);
          values.add(value instanceof Integer number ? Long.valueOf(number) : value);
        }
        more = rows.row(values);
      }
      rows.end();
    } catch (SQLException e) {
      throw failed("the query failed", e);
    }
  }

  private static void check(String sql) {
    List<Script.Statement> statements = Script.parse(sql).statements();
    if (statements.size() != 1) {
      throw new IllegalArgumentException(
          "expected one query, found %d statements; run them one by one"
              .formatted(statements.size()));
    }
    Script.Statement only = statements.getFirst();
    if (only.writes() || only.setting() != null) {
      throw new IllegalArgumentException(
          "expected a query that only reads, found: "
              + only.text().substring(0, Math.min(200, only.text().length())));
    }
  }

  private IOException failed(String what, SQLException e) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the query was ended");
    }
    int code = e.getErrorCode() & 0xff;
    if (code == ERROR || code == TOO_BIG || code == MISMATCH || code == RANGE) {
      throw new IllegalArgumentException(what + ": " + e.getMessage(), e);
    }
    return new IOException(
        code == INTERRUPTED
            ? "%s: it was ended after %d s of work; make it simpler, or give it longer"
                .formatted(what, limit.toSeconds())
            : what + ": " + e.getMessage(),
        e);
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException("the database cannot be closed: " + e.getMessage(), e);
    }
  }
}
