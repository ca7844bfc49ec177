// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.SqlException;
import org.junit.jupiter.api.Test;

/** The extensions of SQLite that objects may use. */
class SqlSearchTest extends SqlSuite {
  private static final String DOCUMENTS =
      "CREATE TABLE doc(id INTEGER PRIMARY KEY, title TEXT, body TEXT);"
          + "CREATE VIRTUAL TABLE search USING fts5(title, body, content='doc', content_rowid='id',"
          + " tokenize='porter');"
          + "CREATE TRIGGER doc_in AFTER INSERT ON doc BEGIN"
          + " INSERT INTO search(rowid, title, body) VALUES (new.id, new.title, new.body); END;"
          + "CREATE TRIGGER doc_out AFTER DELETE ON doc BEGIN"
          + " INSERT INTO search(search, rowid, title, body)"
          + " VALUES ('delete', old.id, old.title, old.body); END;"
          + "INSERT INTO doc(title, body) VALUES"
          + " ('Running', 'She runs and runs, and likes running'), ('Walking', 'He ran; a run')";

  @Test
  @Conformance("C-SQL-23")
  void fullText_isSearchedBeginningsOfWordsAside() {
    sql(sql -> sql.exec(DOCUMENTS));
    test.restart();
    sql(
        sql -> {
          assertThat(
                  sql.query(
                          "SELECT rowid FROM search WHERE search MATCH 'runs' ORDER BY bm25(search)")
                      .list(Long.class))
              .containsExactly(1L, 2L);
          assertThat(
                  sql.query(
                          "SELECT highlight(search, 1, '<', '>') FROM search"
                              + " WHERE search MATCH 'likes'")
                      .one(String.class))
              .isEqualTo("She runs and runs, and <likes> running");
          assertThat(
                  sql.query(
                          "SELECT snippet(search, 1, '<', '>', '…', 3) FROM search"
                              + " WHERE search MATCH 'likes'")
                      .one(String.class))
              .contains("<likes>");
          sql.exec("DELETE FROM doc WHERE id = 1");
          assertThat(
                  sql.query("SELECT rowid FROM search WHERE search MATCH 'running'")
                      .list(Long.class))
              .containsExactly(2L);
          sql.exec("CREATE VIRTUAL TABLE terms USING fts5vocab(search, 'row')");
          assertThat(sql.query("SELECT term FROM terms").list(String.class)).contains("walk");
        });
  }

  @Test
  void searchWithWrongSyntax_leavesTheObjectAlive() {
    sql(
        sql -> {
          sql.exec(DOCUMENTS);
          assertThatThrownBy(
                  () -> sql.query("SELECT * FROM search WHERE search MATCH '\"'").maps().size())
              .isInstanceOf(SqlException.class)
              .hasMessageContaining("unterminated string");
        });
  }

  @Test
  void indexThatDiffersFromItsContent_isTold_andLeavesTheObjectAlive() {
    sql(sql -> sql.exec(DOCUMENTS));
    event(
        self -> {
          self.memory = 7;
          self.database().exec("UPDATE doc SET body = 'behind the back of the index'");
          assertThatThrownBy(
                  () ->
                      self.database()
                          .exec("INSERT INTO search(search, rank) VALUES ('integrity-check', 1)"))
              .isInstanceOf(SqlException.class)
              .extracting(e -> ((SqlException) e).code())
              .isEqualTo("SQLITE_CORRUPT_VTAB");
        });
    event(
        self -> {
          assertThat(self.memory).isEqualTo(7);
          self.database().exec("INSERT INTO search(search) VALUES ('rebuild')");
          self.database().exec("INSERT INTO search(search, rank) VALUES ('integrity-check', 1)");
        });
  }

  @Test
  void trees_jsonWindowsAndMathematics_areThere() {
    sql(
        sql -> {
          sql.exec(
              "CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, y0, y1);"
                  + "INSERT INTO box VALUES (1, 0, 1, 0, 1), (2, 5, 6, 5, 6);"
                  + "CREATE VIRTUAL TABLE cell USING rtree_i32(id, x0, x1)");
          assertThat(number(sql, "SELECT id FROM box WHERE x0 > 2")).isEqualTo(2);
          assertThat(number(sql, "SELECT json_extract('{\"a\":[1,2]}', '$.a[1]')")).isEqualTo(2);
          assertThat(number(sql, "SELECT '{\"a\":3}' ->> 'a'")).isEqualTo(3);
          assertThat(sql.query("SELECT typeof(jsonb('[1]'))").one(String.class)).isEqualTo("blob");
          assertThat(sql.query("SELECT sqrt(2) > 1.41").one(Boolean.class)).isTrue();
          assertThat(
                  sql.query(
                          "SELECT sum(x) OVER (ORDER BY x) FROM"
                              + " (SELECT value AS x FROM json_each('[1,2,3]'))")
                      .list(Long.class))
              .containsExactly(1L, 3L, 6L);
        });
  }
}
