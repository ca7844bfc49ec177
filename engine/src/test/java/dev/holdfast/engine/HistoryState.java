// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.KeyRange;
import dev.holdfast.Past;
import dev.holdfast.SqlRows;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All that an object holds, or is to hold: its map of texts, and a database of tables {@code t0},
 * {@code t1}, … of rows {@code (n, v, b)}, where {@code b} follows from {@code v}.
 */
final class HistoryState {
  final NavigableMap<String, String> entries;
  final NavigableMap<String, NavigableMap<Long, String>> tables;
  int version;

  /** Nothing. */
  HistoryState() {
    this(new TreeMap<>(), new TreeMap<>(), 0);
  }

  private HistoryState(
      NavigableMap<String, String> entries,
      NavigableMap<String, NavigableMap<Long, String>> tables,
      int version) {
    this.entries = entries;
    this.tables = tables;
    this.version = version;
  }

  HistoryState copy() {
    NavigableMap<String, NavigableMap<Long, String>> copies = new TreeMap<>();
    tables.forEach((name, rows) -> copies.put(name, new TreeMap<>(rows)));
    return new HistoryState(new TreeMap<>(entries), copies, version);
  }

  /** Becomes what {@code other} is. */
  void become(HistoryState other) {
    HistoryState copy = other.copy();
    entries.clear();
    entries.putAll(copy.entries);
    tables.clear();
    tables.putAll(copy.tables);
    version = copy.version;
  }

  /** The rows of a table that there is. */
  NavigableMap<Long, String> rows(String table) {
    return Objects.requireNonNull(tables.get(table));
  }

  /** All of it as text. */
  String describe() {
    StringBuilder all = new StringBuilder();
    begin(all, entries, version);
    tables.forEach(
        (name, rows) -> {
          all.append(name).append('\n');
          rows.forEach((n, v) -> row(all, n, v, SqlModel.blob(v)));
        });
    return all.toString();
  }

  /** What an object has, as the same text, after its database was checked. */
  static String describe(Scripted self) {
    return describe(
        self.store().list(String.class, KeyRange.all()),
        statement -> self.database().query(statement));
  }

  /** The same of a moment of its past. */
  static String describe(Past past) {
    return describe(past.list(String.class, KeyRange.all()), past::query);
  }

  private static String describe(
      SequencedMap<String, String> entries, Function<String, SqlRows> query) {
    String checked = query.apply("PRAGMA integrity_check").one(String.class);
    if (!checked.equals("ok")) {
      return checked;
    }
    StringBuilder all = new StringBuilder();
    begin(all, entries, query.apply("PRAGMA user_version").one(Integer.class));
    List<String> tables =
        query
            .apply("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .list(String.class);
    for (String table : tables) {
      all.append(table).append('\n');
      for (SequencedMap<String, @Nullable Object> row :
          query.apply("SELECT n, v, b FROM %s ORDER BY n".formatted(table)).maps()) {
        row(all, row.get("n"), row.get("v"), (byte[]) row.get("b"));
      }
    }
    return all.toString();
  }

  private static void begin(StringBuilder all, SequencedMap<String, String> entries, int version) {
    entries.forEach((key, value) -> all.append(key).append(": ").append(value).append('\n'));
    all.append("version ").append(version).append('\n');
  }

  private static void row(
      StringBuilder all, @Nullable Object n, @Nullable Object v, byte @Nullable [] b) {
    all.append(n).append(' ').append(v).append(' ').append(Arrays.hashCode(b)).append('\n');
  }
}
