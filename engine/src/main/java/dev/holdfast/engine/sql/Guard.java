// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.LimitExceededException;
import dev.holdfast.engine.state.Turns;
import java.io.IOException;
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

  /** Has SQLite write. */
  <T> T write(Work<T> work) throws SQLException {
    database.beginStatement();
    try {
      T result = work.run();
      checkLimits();
      return result;
    } catch (LimitExceededException e) {
      database.undoStatement();
      throw e;
    } finally {
      database.endStatement();
    }
  }

  /**
   * Has SQLite write and begin to tell what it wrote: it writes all of that before the first row.
   *
   * @param end what ends the reading of the rows, once they are there
   */
  <T> T writeAndRead(Work<T> work, Supplier<End> end) throws SQLException {
    database.beginStatement();
    boolean written = false;
    try {
      T result = work.run();
      checkLimits();
      written = true;
      database.leaveStatement(end.get());
      return result;
    } catch (LimitExceededException e) {
      end.get().run();
      database.undoStatement();
      throw e;
    } finally {
      if (!written) {
        database.endStatement();
      }
    }
  }

  private void checkLimits() throws SQLException {
    long bytes = database.number("PRAGMA page_count") * Database.PAGE_BYTES;
    if (bytes > state.limits().databaseBytes()) {
      throw new LimitExceededException(
          "%s: its SQL database would have %d bytes, limit %d (limits.sql-database-bytes); delete rows, or spread the data over more objects"
              .formatted(state.object(), bytes, state.limits().databaseBytes()));
    }
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
    if (database.torn()) {
      throw state.broke("undid the whole turn", failure);
    }
    switch (SQLiteErrorCode.getErrorCode(code(failure).code & 0xff)) {
      case SQLITE_INTERRUPT -> turns.checkThread();
      case SQLITE_TOOBIG ->
          throw new LimitExceededException(
              "%s: a value or row is larger than %d bytes: %s"
                  .formatted(state.object(), state.valueBytes(), shown(text)));
      case SQLITE_FULL,
          SQLITE_IOERR,
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

  static SQLiteErrorCode code(SQLException failure) {
    return failure instanceof SQLiteException known
        ? known.getResultCode()
        : SQLiteErrorCode.UNKNOWN_ERROR;
  }

  /** The beginning of a text, for a message. */
  static String shown(String text) {
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
  }
}
