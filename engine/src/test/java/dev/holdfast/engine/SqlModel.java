// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an object's SQL database and its map should hold: tables {@code t0}, {@code t1}, … of rows
 * {@code (n, v, b)}, where {@code b} follows from {@code v}, and full text tables {@code f0}, … of
 * {@code v} alone.
 */
final class SqlModel {
  private static final List<String> WORDS = List.of("ash", "birch", "cedar", "elm", "fir", "oak");

  final NavigableMap<String, NavigableMap<Long, String>> tables;
  long count;
  int version;

  SqlModel() {
    this(new TreeMap<>(), 0, 0);
  }

  private SqlModel(
      NavigableMap<String, NavigableMap<Long, String>> tables, long count, int version) {
    this.tables = tables;
    this.count = count;
    this.version = version;
  }

  SqlModel copy() {
    NavigableMap<String, NavigableMap<Long, String>> copies = new TreeMap<>();
    tables.forEach((name, rows) -> copies.put(name, new TreeMap<>(rows)));
    return new SqlModel(copies, count, version);
  }

  /** Becomes what {@code other} is. */
  void become(SqlModel other) {
    SqlModel copy = other.copy();
    tables.clear();
    tables.putAll(copy.tables);
    count = copy.count;
    version = copy.version;
  }

  /** The rows of a table that there is. */
  NavigableMap<Long, String> rows(String table) {
    return Objects.requireNonNull(tables.get(table));
  }

  static boolean isFullText(String table) {
    return table.startsWith("f");
  }

  /** A text of some words; the last one says how many bytes its blob has. */
  static String text(Random random, int maxBytes) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(20); i >= 0; i--) {
      text.append(WORDS.get(random.nextInt(WORDS.size()))).append(' ');
    }
    return text.append(random.nextInt(maxBytes)).toString();
  }

  /** The blob that belongs to a text. */
  static byte[] blob(String text) {
    byte[] blob = new byte[Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1))];
    new Random(text.hashCode()).nextBytes(blob);
    return blob;
  }

  /** All of it as text. */
  String describe() {
    StringBuilder all = new StringBuilder();
    begin(all, count, version, List.copyOf(tables.keySet()));
    tables.forEach(
        (name, rows) -> {
          all.append(name).append('\n');
          rows.forEach((n, v) -> row(all, n, v, isFullText(name) ? null : blob(v)));
          if (isFullText(name)) {
            for (String word : WORDS) {
              all.append(word).append(' ').append(matching(rows, word)).append('\n');
            }
          }
        });
    return all.toString();
  }

  private static List<Long> matching(NavigableMap<Long, String> rows, String word) {
    return rows.entrySet().stream()
        .filter(row -> Arrays.asList(row.getValue().split(" ", -1)).contains(word))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What an object has, as the same text, after it was checked. */
  static String describe(Scripted self) {
    StringBuilder all = new StringBuilder();
    String checked = self.database().query("PRAGMA integrity_check").one(String.class);
    if (!checked.equals("ok")) {
      return checked;
    }
    List<String> tables =
        self.database()
            .query(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '[ft][0-9]' ORDER BY name")
            .list(String.class);
    int version = self.database().query("PRAGMA user_version").one(Integer.class);
    begin(all, self.count("count"), version, tables);
    for (String table : tables) {
      all.append(table).append('\n');
      String columns = isFullText(table) ? "rowid AS n, v" : "n, v, b";
      for (SequencedMap<String, @Nullable Object> row :
          self.database().query("SELECT %s FROM %s ORDER BY 1".formatted(columns, table)).maps()) {
        row(all, row.get("n"), row.get("v"), (byte[]) row.get("b"));
      }
      if (isFullText(table)) {
        for (String word : WORDS) {
          List<Long> found =
              self.database()
                  .query(
                      "SELECT rowid FROM %s WHERE %s MATCH ? ORDER BY 1".formatted(table, table),
                      word)
                  .list(Long.class);
          all.append(word).append(' ').append(found).append('\n');
        }
      }
    }
    return all.toString();
  }

  private static void begin(StringBuilder all, long count, int version, List<String> tables) {
    all.append("count %d, version %d, tables %s\n".formatted(count, version, tables));
  }

  private static void row(
      StringBuilder all, @Nullable Object n, @Nullable Object v, byte @Nullable [] b) {
    all.append(n).append(' ').append(v).append(' ').append(Arrays.hashCode(b)).append('\n');
  }
}
