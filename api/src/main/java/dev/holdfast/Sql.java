// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * An object's private SQL database, in the dialect of SQLite. Object thread only.
 *
 * <p>It is part of the object's state as {@link Storage} is: what a turn writes to both becomes
 * durable together or not at all, {@link Storage#transaction} covers both, and {@link
 * Storage#deleteAll} empties both. Reads see the object's own writes at once. Statements run in the
 * process and let no other event in.
 *
 * <pre>{@code
 * sql().migrate("CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER)");
 * sql().exec("INSERT INTO item(name, price) VALUES (?, ?)", "tea", 300);
 * List<Item> cheap = sql().query("SELECT * FROM item WHERE price < ?", 500).list(Item.class);
 * long items = sql().query("SELECT count(*) FROM item").one(Long.class);
 * }</pre>
 *
 * <p><b>Statements.</b> A text may have several, separated by semicolons: they run in order, and
 * the parameters are those of the last one. If one fails, it has no effect, {@code OR FAIL} or not,
 * and those before it keep theirs: use a transaction to undo them too. Foreign keys are enforced; a
 * deferred one that is violated when the turn ends resets the object. JSON, full text search
 * (FTS5), R*Tree, window and math functions are there.
 *
 * <p>Refused, with an {@link IllegalArgumentException} that says what to do instead, is what would
 * leave the turn or the object: {@code BEGIN}, {@code COMMIT}, {@code ROLLBACK}, {@code SAVEPOINT}
 * and {@code ON CONFLICT ROLLBACK}, {@code ATTACH}, {@code VACUUM}, temporary tables, and pragmas
 * that change how the database is kept.
 *
 * <p><b>Values.</b> Parameters may be null, booleans (0 and 1), numbers, text, {@code byte[]},
 * enums (their name), {@link java.util.UUID}, and of {@code java.time} {@code Instant}, {@code
 * LocalDate}, {@code LocalTime} and {@code LocalDateTime}. Times are kept as text of fixed width,
 * such as {@code 2026-11-24T10:00:00.000000000Z}, which sorts as the times do and which SQLite's
 * date functions read; decimals as text. Integers have 64 bits, without loss. What SQLite would
 * keep as something else is refused: NaN, and text with a surrogate that lacks its partner.
 *
 * <p><b>Errors.</b> What SQLite refuses throws {@link SqlException} and leaves the object alive.
 * Limits (defaults): a text of 1 MiB, a value or row of 64 MiB, a turn's changed pages 64 MiB, a
 * database 1 GiB; passing one throws {@link LimitExceededException}.
 */
public interface Sql {

  /**
   * Runs statements; the last one's rows are read from what is returned. It has run as far as its
   * first row when this returns, and one that has no rows to its end.
   *
   * @param sql one or more statements
   * @param bindings the parameters of the last one, in order
   * @throws SqlException if SQLite refuses one of them
   */
  SqlRows query(String sql, @Nullable Object... bindings);

  /**
   * Runs statements to their end; rows are dropped.
   *
   * @param sql one or more statements
   * @param bindings the parameters of the last one, in order
   * @return how many rows all of them inserted, changed and removed, triggers and cascades included
   * @throws SqlException if SQLite refuses one of them
   */
  long exec(String sql, @Nullable Object... bindings);

  /**
   * Brings the database to its latest form: runs those of {@code steps} that it has not seen, each
   * in a transaction of its own, and remembers how many it has seen in {@code PRAGMA user_version}.
   * The place for it is the constructor; it costs nothing when nothing is new. Add steps at the end
   * and never change one that has run anywhere.
   *
   * @param steps each one or more statements
   * @throws IllegalStateException if the database has seen more steps than there are: it was
   *     written by newer code
   */
  void migrate(String... steps);

  /** How many bytes the database takes, without pages that are free for use. */
  long databaseSize();

  /**
   * The database for libraries that use JDBC. Keep it as long as the activation lives; a connection
   * ends with the turn in which it was got. Its transactions and savepoints are transactions of the
   * turn, as {@link Storage#transaction} makes them, for SQL and everything else: {@code commit}
   * keeps what was written for the turn's commit, and what was not committed when the connection
   * ends is undone. One begins when auto-commit is turned off, the next with the first statement
   * after it. Only one connection may be in a transaction: what several libraries write together
   * goes into a {@link Storage#transaction} around them. What this interface refuses throws {@link
   * java.sql.SQLException} there. A batch of which one statement fails leaves nothing. Read the
   * rows that {@code RETURNING} answers, or {@code EXPLAIN} of a statement that writes, before
   * anything else is written or explained so, and before a transaction begins or ends: they end
   * then.
   */
  DataSource dataSource();
}
