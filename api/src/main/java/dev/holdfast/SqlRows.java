// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a query, to be read once, by one of its methods. Object thread only.
 *
 * <p>A row is read as one of
 *
 * <ul>
 *   <li>a record, whose components are matched to columns by name; case and underscores do not
 *       count, so {@code created_at} goes to {@code createdAt};
 *   <li>a type that a parameter may have (see {@link Sql}), if there is one column;
 *   <li>{@code Object[]}, with values as in {@link #maps}.
 * </ul>
 *
 * <p>A NULL is an empty {@link Optional} where a component has that type, null for other
 * references, and refused for primitives. A number that the type cannot hold is refused, and so is
 * a column that no component takes, with an {@link IllegalArgumentException}.
 */
public interface SqlRows extends AutoCloseable {

  /**
   * All rows.
   *
   * @throws LimitExceededException if they take more than 64 MiB (the default of {@code
   *     limits.list-bytes}); read them with {@link #stream}
   */
  <T> List<T> list(Class<T> type);

  /**
   * All rows, each a map from the names of its columns, in their order, to null, {@link Long},
   * {@link Double}, {@link String} or {@code byte[]}. Of columns with the same name the last
   * counts.
   *
   * @throws LimitExceededException as {@link #list}
   */
  List<SequencedMap<String, @Nullable Object>> maps();

  /**
   * The only row.
   *
   * @throws IllegalStateException if there is none, or more than one
   * @throws java.util.NoSuchElementException if it is a single value that is NULL
   */
  <T> T one(Class<T> type);

  /** The first row, if there is one; a single value that is NULL counts as none. */
  <T> Optional<T> first(Class<T> type);

  /**
   * The rows as they are read, for what does not fit in memory. It ends with the turn: a step taken
   * after the object has waited for something other than its storage throws {@link
   * IllegalStateException}. Close it if it is not read to its end.
   */
  <T> Stream<T> stream(Class<T> type);

  /** The names of the columns; empty for a statement without rows. */
  List<String> columns();

  /**
   * How many rows were read so far; a row is read ahead. Those are rows that the query answers, not
   * those that SQLite looked at to find them, which its driver does not tell: look at {@code
   * EXPLAIN QUERY PLAN}.
   */
  long rowsRead();

  /** How many rows the statements inserted, changed and removed, triggers and cascades included. */
  long rowsWritten();

  /** Ends the reading. Idempotent. */
  @Override
  void close();
}
