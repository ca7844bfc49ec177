// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.Sql;
import java.util.NavigableMap;
import java.util.Random;

/**
 * A table of an object and the rows that it is to have, as {@link SqlModel} says: what is done to
 * one is done to the other.
 */
record RandomTable(Sql sql, String name, NavigableMap<Long, String> rows) {

  void create() {
    sql.exec(
        SqlModel.isFullText(name)
            ? "CREATE VIRTUAL TABLE %s USING fts5(v)".formatted(name)
            : "CREATE TABLE %s(n INTEGER PRIMARY KEY, v TEXT, b BLOB)".formatted(name));
  }

  /** Has an index then, or none. */
  void index(Random random) {
    if (!SqlModel.isFullText(name)) {
      sql.exec("DROP INDEX IF EXISTS i_" + name);
      if (random.nextBoolean()) {
        sql.exec("CREATE INDEX i_%s ON %s(v)".formatted(name, name));
      }
    }
  }

  void replace(long n, String text) {
    if (SqlModel.isFullText(name)) {
      sql.exec("INSERT OR REPLACE INTO %s(rowid, v) VALUES (?, ?)".formatted(name), n, text);
    } else {
      sql.exec(
          "INSERT OR REPLACE INTO %s VALUES (?, ?, ?)".formatted(name),
          n,
          text,
          SqlModel.blob(text));
    }
    rows.put(n, text);
  }

  /** All from one number to before another get that text. */
  void update(long from, long to, String text) {
    if (SqlModel.isFullText(name)) {
      sql.exec(
          "UPDATE %s SET v = ? WHERE rowid >= ? AND rowid < ?".formatted(name), text, from, to);
    } else {
      sql.exec(
          "UPDATE %s SET v = ?, b = ? WHERE n >= ? AND n < ?".formatted(name),
          text,
          SqlModel.blob(text),
          from,
          to);
    }
    rows.subMap(from, to).replaceAll((_, _) -> text);
  }

  /** All from one number to before another go. */
  void delete(long from, long to) {
    String key = SqlModel.isFullText(name) ? "rowid" : "n";
    sql.exec("DELETE FROM %s WHERE %s >= ? AND %s < ?".formatted(name, key, key), from, to);
    rows.subMap(from, to).clear();
  }
}
