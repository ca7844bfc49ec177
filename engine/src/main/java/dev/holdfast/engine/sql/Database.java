// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.engine.sql.page.ScratchFile;
import dev.holdfast.engine.sql.page.WalFile;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;
import org.sqlite.SQLiteOpenMode;

/**
 * SQLite on a scratch file. Object thread only, but for {@link #interrupt}.
 *
 * <p>Nobody else has the file open, nothing is synced, and what is committed stays in the log until
 * {@link #settle} moves it: so the log is read to learn what a commit has changed.
 */
final class Database implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Database.class);

  static final int PAGE_BYTES = 4096;

  /** Steps of SQLite's machine after which it asks whether it is to stop: a few milliseconds. */
  private static final int STEPS = 500_000;

  /**
   * Changes nothing, but is a write to SQLite: a savepoint begins with the first one, and until
   * then reading may have SQLite write to the log what was written before the savepoint.
   */
  private static final String BEGIN_SAVEPOINT = "PRAGMA incremental_vacuum(0)";

  /** SQLite's file stops to grow there, the whole turn lost; before, its limit is looked at. */
  private static final int HEADROOM = 4;

  /** How much memory SQLite's cache of pages may take. */
  static final long CACHE_BYTES = 2_000 << 10;

  private static final Properties MADE_IF_MISSING = properties(true);
  private static final Properties MUST_BE_THERE = properties(false);

  private final ScratchFile file;
  private final SQLiteConnection connection;
  private final WalFile wal;
  private final Statement control;
  private final Statements statements;

  /** Savepoints within the transaction that is open; -1 if none is. */
  private int depth = -1;

  private boolean written;

  /** How long the log was when each of them began. */
  private final List<Long> logAt = new ArrayList<>();

  /** How long the log was when the last statement's savepoint began. */
  private long statementAt;

  private boolean undoing;
  private boolean torn;
  private volatile boolean interrupted;

  /** Ends the reading of rows that SQLite takes for writing; null if there are none. */
  private Guard.@Nullable End unfinished;

  /** SQLite's handle must not be used while it is given back, or later. */
  private final Object handle = new Object();

  private boolean closed;

  private Database(ScratchFile file, SQLiteConnection connection, Statement control, WalFile wal)
      throws SQLException {
    this.file = file;
    this.connection = connection;
    this.control = control;
    this.wal = wal;
    this.statements = new Statements(connection);
    connection.addCommitListener(
        new SQLiteCommitListener() {
          @Override
          public void onCommit() {}

          @Override
          public void onRollback() {
            torn |= !undoing;
          }
        });
    ProgressHandler.setHandler(
        connection,
        STEPS,
        new ProgressHandler() {
          @Override
          protected int progress() {
            return interrupted ? 1 : 0;
          }
        });
  }

  /** Lets statements change nothing from now on. */
  void readOnly() throws SQLException {
    run("PRAGMA query_only=ON");
  }

  private static Properties properties(boolean create) {
    SQLiteConfig config = new SQLiteConfig();
    config.setGetGeneratedKeys(false);
    if (!create) {
      config.resetOpenMode(SQLiteOpenMode.CREATE);
    }
    return config.toProperties();
  }

  /**
   * Opens the database in a file.
   *
   * @param empty whether it is an empty one, in a file that is made
   * @throws IOException if the folder of the file is closed, or its log cannot be read
   */
  static Database open(ScratchFile file, SqlLimits limits, long valueBytes, boolean empty)
      throws SQLException, IOException {
    try (ScratchFile.Naming _ = file.naming()) {
      return openNamed(file, limits, valueBytes, empty);
    }
  }

  private static Database openNamed(
      ScratchFile file, SqlLimits limits, long valueBytes, boolean empty)
      throws SQLException, IOException {
    SQLiteConnection connection =
        JDBC.createConnection(url(file.path()), empty ? MADE_IF_MISSING : MUST_BE_THERE);
    try {
      Statement control = connection.createStatement();
      control.executeUpdate(setUp(limits));
      connection.setLimit(
          SQLiteLimits.SQLITE_LIMIT_LENGTH, (int) Math.min(Integer.MAX_VALUE, valueBytes));
      connection.setLimit(SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH, limits.textBytes());
      connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, limits.likeBytes());
      connection.setLimit(SQLiteLimits.SQLITE_LIMIT_VARIABLE_NUMBER, limits.parameters());
      connection.setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 0);
      return new Database(file, connection, control, new WalFile(file.log(), PAGE_BYTES));
    } catch (SQLException | IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Nobody else opens the file, so there are no locks on it: for those SQLite would go through all
   * files that are open whenever it opens another.
   */
  private static String url(Path path) {
    if (File.separatorChar != '/') {
      return "jdbc:sqlite:" + path;
    }
    StringBuilder url = new StringBuilder("jdbc:sqlite:file:");
    for (byte each : path.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8)) {
      boolean plain = each > ' ' && "%?#&;=+".indexOf(each) < 0;
      url.append(plain ? (char) each : "%%%02X".formatted(each));
    }
    return url.append("?vfs=unix-none").toString();
  }

  /** One text, run at once: a database may be opened often. Reading has SQLite make the log. */
  private static String setUp(SqlLimits limits) {
    long pages = limits.databaseBytes() / PAGE_BYTES;
    return """
    PRAGMA page_size=%d;
    PRAGMA locking_mode=EXCLUSIVE;
    PRAGMA journal_mode=WAL;
    PRAGMA synchronous=OFF;
    PRAGMA wal_autocheckpoint=0;
    PRAGMA foreign_keys=ON;
    PRAGMA recursive_triggers=OFF;
    PRAGMA cache_size=-%d;
    PRAGMA max_page_count=%d;
    PRAGMA schema_version
    """
        .formatted(
            PAGE_BYTES,
            CACHE_BYTES >> 10,
            Math.min(Integer.MAX_VALUE - 1, pages + pages / HEADROOM));
  }

  SQLiteConnection connection() {
    return connection;
  }

  Statements statements() {
    return statements;
  }

  ScratchFile file() {
    return file;
  }

  /** Whether SQLite has undone the whole transaction without being asked to. */
  boolean torn() {
    return torn;
  }

  /** Runs a statement that has no parameters; rows are dropped. */
  void run(String sql) throws SQLException {
    run(control, sql);
  }

  private static void run(Statement control, String sql) throws SQLException {
    if (control.execute(sql)) {
      control.getResultSet().close();
    }
  }

  /** The one number that a statement answers. */
  long number(String sql) throws SQLException {
    try (ResultSet row = control.executeQuery(sql)) {
      return row.getLong(1);
    }
  }

  /** How many rows the last statement that may change any has changed itself. */
  long changes() throws SQLException {
    return connection.getDatabase().changes();
  }

  /** How many rows were changed since it was opened, by triggers and cascades too. */
  long totalChanges() throws SQLException {
    return connection.getDatabase().total_changes();
  }

  /** Stops what runs, and whatever is begun later and is not soon at its end. Any thread. */
  void interrupt() {
    interrupted = true;
    synchronized (handle) {
      if (!closed) {
        try {
          connection.getDatabase().interrupt();
        } catch (SQLException e) {
          log.debug("{}: it stops a little later", file.path(), e);
        }
      }
    }
  }

  // ---------------------------------------------------------------- transactions

  /** Whether a statement of the transaction has written, or tried. */
  boolean hasWritten() {
    return written;
  }

  boolean inTransaction() {
    return depth >= 0;
  }

  /** Begins the transaction, if none is open, and savepoints in it up to that depth. */
  void enter(int wanted) throws SQLException, IOException {
    if (depth < 0) {
      run("BEGIN");
      written = false;
      depth = 0;
    }
    while (depth < wanted) {
      endReading();
      run("SAVEPOINT level" + (depth + 1));
      run(BEGIN_SAVEPOINT);
      logAt.add(wal.bytes());
      depth++;
    }
  }

  /** Ends savepoints down to that depth, keeping what was written in them. */
  void keepTo(int wanted) throws SQLException {
    if (depth > wanted) {
      endReading();
      run("RELEASE level" + (wanted + 1));
      left(wanted);
    }
  }

  private void left(int now) {
    depth = now;
    logAt.subList(now, logAt.size()).clear();
  }

  /** Undoes what was written in the savepoints beyond that depth, and ends them. */
  void undoTo(int wanted) throws SQLException, IOException {
    if (depth > wanted) {
      statements.forget();
      endReading();
      run("ROLLBACK TO level" + (wanted + 1));
      wal.cut(logAt.get(wanted));
      run("RELEASE level" + (wanted + 1));
      left(wanted);
    }
  }

  /**
   * Ends the transaction.
   *
   * @return what it has changed; null if nothing
   * @throws SQLException if a constraint is violated that could wait until now
   */
  WalFile.@Nullable Changed commit() throws SQLException, IOException {
    endReading();
    keepTo(0);
    run("COMMIT");
    depth = -1;
    WalFile.Changed changed = wal.committed();
    if (written) {
      wal.checkFrames(logFrames());
    }
    written = false;
    return changed;
  }

  /** How many frames the log has of what was committed, as SQLite knows it. */
  private long logFrames() throws SQLException {
    try (ResultSet row = control.executeQuery("PRAGMA wal_checkpoint(NOOP)")) {
      return row.getLong(2);
    }
  }

  /** Undoes the transaction, if one is open. */
  void undo() throws SQLException {
    if (depth >= 0) {
      statements.forget();
      endReading();
      undoing = true;
      run("ROLLBACK");
      undoing = false;
      left(0);
      depth = -1;
    }
  }

  /**
   * Begins a savepoint for one statement, within all others.
   *
   * @param writesAtOnce whether the statement has SQLite write before it reads
   */
  void beginStatement(boolean writesAtOnce) throws SQLException, IOException {
    endReading();
    written = true;
    run("SAVEPOINT statement");
    if (!writesAtOnce) {
      run(BEGIN_SAVEPOINT);
    }
    statementAt = wal.bytes();
  }

  /** Undoes what the statement has done, so that it does not count as written. */
  void undoStatement() throws SQLException, IOException {
    run("ROLLBACK TO statement");
    wal.cut(statementAt);
  }

  /** Ends the statement's savepoint; nothing if SQLite has undone all of them. */
  void endStatement() throws SQLException {
    if (!torn) {
      run("RELEASE statement");
    }
  }

  /**
   * There are rows to be read, and SQLite takes no savepoint and ends none before they are: they
   * may be read until that has to be.
   *
   * @param end ends the reading
   */
  void leaveReading(Guard.End end) {
    unfinished = end;
  }

  /** Ends the reading of such rows, if there are any. */
  void endReading() throws SQLException {
    Guard.End end = unfinished;
    if (end != null) {
      unfinished = null;
      end.run();
    }
  }

  // ---------------------------------------------------------------- the file

  /** How many bytes its pages have. */
  long bytes() throws SQLException {
    return number("PRAGMA page_count") * PAGE_BYTES;
  }

  /** How many bytes of pages the transaction has written that is open, as far as one can tell. */
  long bytesWritten() throws IOException {
    return wal.bytesBehindCommit();
  }

  /** How many bytes the log has. */
  long logBytes() throws IOException {
    return wal.bytes();
  }

  /**
   * Whether its pages, of which some are in memory only, may be as many as it may have: else it is
   * the disk that has no room for them.
   */
  boolean mayBeAtLimit(SqlLimits limits) {
    try {
      return Files.size(file.path()) + wal.bytes() + CACHE_BYTES >= limits.databaseBytes();
    } catch (IOException e) {
      return false;
    }
  }

  void readChanged(long place, byte[] page) throws IOException {
    wal.read(place, page);
  }

  /** Moves what was committed from the log to the database. Not within a transaction. */
  void settle() throws SQLException, IOException {
    file.changes();
    if (number("PRAGMA wal_checkpoint(TRUNCATE)") != 0) {
      throw new IOException(file.path() + ": its log is in use and cannot be emptied");
    }
    wal.truncated();
  }

  @Override
  public void close() throws SQLException, IOException {
    synchronized (handle) {
      closed = true;
    }
    try (wal;
        connection) {
      statements.forget();
      control.close();
    }
  }
}
