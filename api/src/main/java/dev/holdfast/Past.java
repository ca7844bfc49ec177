// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An object as it was at a moment. It cannot be changed. Object thread only; it ends with the turn
 * in which it was got.
 */
public interface Past {

  /** As {@link Storage#get(String, Class)}. */
  <T> Optional<T> get(String key, Class<T> type);

  /** As {@link Storage#get(String, TypeRef)}. */
  <T> Optional<T> get(String key, TypeRef<T> type);

  /** As {@link Storage#list(Class, KeyRange)}. */
  <T> SequencedMap<String, T> list(Class<T> type, KeyRange range);

  /** As {@link Storage#list(TypeRef, KeyRange)}. */
  <T> SequencedMap<String, T> list(TypeRef<T> type, KeyRange range);

  /** As {@link Storage#scan(Class, KeyRange)}. */
  <T> Stream<Map.Entry<String, T>> scan(Class<T> type, KeyRange range);

  /**
   * As {@link Sql#query}, for statements that change nothing. The first one makes a copy of the
   * database as it was, which takes the time of writing it.
   *
   * @throws SqlException if SQLite refuses one of them
   * @throws IllegalArgumentException if one of them may change something
   */
  SqlRows query(String sql, @Nullable Object... bindings);
}
