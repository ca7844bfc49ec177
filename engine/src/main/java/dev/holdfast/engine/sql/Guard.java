// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.LimitExceededException;
import dev.holdfast.engine.sql.text.Script;
import dev.holdfast.engine.state.Turns;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Holds statements to the limits of their object, and its object to what SQLite does. Object thread
 * only.
 *
 * <p>A statement that writes runs in a savepoint of its own, so that one that passes a limit can be
 * undone. It must have ended when the next one begins: SQLite neither commits nor takes another
 * savepoint while one is under way.
 */
final class Guard {
  private static final int SHOWN_CHARACTERS = 200;
  private static final int MAX_BYTES_OF_CHARACTER = 3;

  private final Turns turns;
  private final DatabaseHost state;
  private final Database database;

  Guard(Turns turns, DatabaseHost state, Database database) {
    this.turns = turns;
    this.state = state;
    this.database = database;
  }

  /** Something that SQLite does. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SQLException;
  }

  /** Ends something that SQLite has under way. */
  @FunctionalInterface
  interface End {
    void run() throws SQLException;
  }

  /** Whether something is left of a statement that has failed so. */
  private interface Remains {
    boolean after(SQLException failure) throws SQLException;
  }

  /**
   * Has SQLite run a batch, all in one savepoint. If one of it fails nothing of the batch stays:
   * the driver does not tell which one that was, nor what it left.
   */
  <T> T writeBatch(Work<T> work) throws SQLException {
    return write(false, work, _ -> true);
  }

  /**
   * Has SQLite run one statement that writes. If it fails nothing of it stays, where SQLite leaves
   * something: rows that {@code OR FAIL} let in, and those of triggers that are nested too deep.
   *
   * @param before how many rows were changed before it
   */
  <T> T writeOne(Script.Statement statement, long before, Work<T> work) throws SQLException {
    return write(statement.writesAtOnce(), work, remainsSince(before));
  }

  /** The same; how many rows were changed before it is asked for. */
  <T> T writeOne(Script.Statement statement, Work<T> work) throws SQLException {
    return writeOne(statement, database.totalChanges(), work);
  }

  private Remains remainsSince(long before) {
    return failure ->
        kind(failure) == SQLiteErrorCode.SQLITE_ERROR || database.totalChanges() > before;
  }

  private <T> T write(boolean atOnce, Work<T> work, Remains remains) throws SQLException {
    begin(atOnce);
    try {
      T result = work.run();
      checkLimits();
      return result;
    } catch (LimitExceededException e) {
      undo();
      throw e;
    } catch (SQLException e) {
      undoIfAny(remains, e);
      throw e;
    } finally {
      database.endStatement();
    }
  }

  /**
   * Has SQLite run one statement that writes and begin to tell what it wrote: it writes all of that
   * before the first row.
   *
   * @param end what ends the reading of the rows, once they are there
   */
  <T> T writeAndRead(Work<T> work, Supplier<End> end) throws SQLException {
    begin(false);
    Remains remains = remainsSince(database.totalChanges());
    boolean written = false;
    try {
      T result = work.run();
      checkLimits();
      written = true;
      End rows = end.get();
      database.leaveReading(
          () -> {
            rows.run();
            database.endStatement();
          });
      return result;
    } catch (LimitExceededException e) {
      end.get().run();
      undo();
      throw e;
    } catch (SQLException e) {
      end.get().run();
      undoIfAny(remains, e);
      throw e;
    } finally {
      if (!written) {
        database.endStatement();
      }
    }
  }

  /**
   * Has SQLite begin to tell how it would run a statement that writes: nothing is written, but
   * until all is told it takes that for writing.
   *
   * @param end what ends the reading of the rows, once they are there
   */
  <T> T explain(Work<T> work, Supplier<End> end) throws SQLException {
    database.endReading();
    T result = work.run();
    database.leaveReading(end.get());
    return result;
  }

  private void begin(boolean atOnce) throws SQLException {
    try {
      database.beginStatement(atOnce);
    } catch (IOException e) {
      throw state.broke("does not tell how much was written", e);
    }
  }

  private void undoIfAny(Remains remains, SQLException failure) throws SQLException {
    if (!database.torn() && remains.after(failure)) {
      undo();
    }
  }

  private void undo() throws SQLException {
    try {
      database.undoStatement();
    } catch (IOException e) {
      throw state.broke("did not undo a statement", e);
    }
  }

  /** The pages that SQLite has in memory only are counted when the turn is committed. */
  private void checkLimits() throws SQLException {
    long bytes = database.bytes();
    if (bytes > state.limits().databaseBytes()) {
      throw new LimitExceededException(
          "%s: its SQL database would have %d bytes, limit %d (limits.sql-database-bytes); delete rows, or spread the data over more objects"
              .formatted(state.object(), bytes, state.limits().databaseBytes()));
    }
    state.checkSize(bytes);
    long changed;
    try {
      changed = database.bytesWritten();
    } catch (IOException e) {
      throw state.broke("does not tell how much was written", e);
    }
    if (changed > state.commitBytes()) {
      throw new LimitExceededException(
          "%s: this turn's SQL would change %d bytes of pages, limit %d (limits.commit-bytes); write less in one turn, or split it with sync()"
              .formatted(state.object(), changed, state.commitBytes()));
    }
  }

  /**
   * Looks at a failure of SQLite: what breaks the object is thrown, and what is known to be a
   * limit. If this returns, it is the statement that is at fault.
   */
  void check(SQLException failure, String text) {
    if (isFull(failure)) {
      throw full(failure);
    }
    if (database.torn()) {
      throw state.broke("undid the whole turn", failure);
    }
    if (code(failure) == SQLiteErrorCode.SQLITE_CORRUPT_VTAB) {
      return; // An index of FTS5 that its content went away under: the file is as it should be.
    }
    switch (kind(failure)) {
      case SQLITE_INTERRUPT -> turns.checkThread();
      case SQLITE_TOOBIG -> {
        checkText(state, text);
        throw new LimitExceededException(
            "%s: a value or row is larger than %d bytes (limits.commit-bytes): %s"
                .formatted(state.object(), state.valueBytes(), shown(text)));
      }
      case SQLITE_IOERR,
          SQLITE_NOMEM,
          SQLITE_CORRUPT,
          SQLITE_NOTADB,
          SQLITE_CANTOPEN,
          SQLITE_READONLY,
          SQLITE_PROTOCOL ->
          throw state.broke("failed", failure);
      default -> {
        // The statement.
      }
    }
  }

  private Error full(SQLException failure) {
    if (database.mayBeAtLimit(state.limits())) {
      return state.broke(
          "had no room for one statement, far beyond its limit %d (limits.sql-database-bytes); delete rows, or write less at once"
              .formatted(state.limits().databaseBytes()),
          failure);
    }
    return state.broke(
        "found no room on the disk of its scratch file %s; make room there"
            .formatted(database.file().path()),
        failure);
  }

  private static boolean isFull(SQLException failure) {
    return kind(failure) == SQLiteErrorCode.SQLITE_FULL;
  }

  static boolean isConstraint(SQLException failure) {
    return kind(failure) == SQLiteErrorCode.SQLITE_CONSTRAINT;
  }

  /** The code without what makes it more exact. */
  private static SQLiteErrorCode kind(SQLException failure) {
    return SQLiteErrorCode.getErrorCode(code(failure).code & 0xff);
  }

  /**
   * Holds a text to its limit, which SQLite counts in bytes.
   *
   * @throws LimitExceededException if it is longer
   */
  static void checkText(DatabaseHost state, String text) {
    int limit = state.limits().textBytes();
    if (text.length() <= limit / MAX_BYTES_OF_CHARACTER) {
      return;
    }
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > limit) {
      throw new LimitExceededException(
          "%s: SQL of %d bytes, limit %d (limits.sql-text-bytes); run it in parts, or bind what is data"
              .formatted(state.object(), bytes, limit));
    }
  }

  static SQLiteErrorCode code(SQLException failure) {
    Throwable reason = failure instanceof BatchUpdateException ? failure.getCause() : failure;
    return reason instanceof SQLiteException known
        ? known.getResultCode()
        : SQLiteErrorCode.UNKNOWN_ERROR;
  }

  /** The beginning of a text, for a message. */
  static String shown(String text) {
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
  }
}
