// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.engine.sql.text.Script.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where statements end, and what is known of each. */
final class ScriptTest {
  private static final String TRIGGER =
      "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = 1; DELETE FROM u; END";

  private static List<String> split(String text) {
    return Script.parse(text).statements().stream().map(Statement::text).toList();
  }

  private static Statement only(String text) {
    List<Statement> statements = Script.parse(text).statements();
    assertThat(statements).hasSize(1);
    return statements.getFirst();
  }

  @Test
  void semicolons_separate_statements() {
    assertThat(split("SELECT 1")).containsExactly("SELECT 1");
    assertThat(split("SELECT 1;")).containsExactly("SELECT 1");
    assertThat(split("SELECT 1;SELECT 2")).containsExactly("SELECT 1", "SELECT 2");
    assertThat(split(" ; ;SELECT 1;;;SELECT 2 ; ")).containsExactly("SELECT 1", "SELECT 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {" ", "\t", "\n", "\r", "\u000b", "\f", "\r\n", "-- ; '\n", "/* ; ' */", "\ufeff"})
  void blanks_around_statements_do_not_belong_to_them(String blank) {
    assertThat(split(blank + "SELECT 1 " + blank + ";" + blank + "SELECT 2 " + blank))
        .containsExactly("SELECT 1", "SELECT 2");
    assertThat(split(blank + "SELECT 1;" + blank)).containsExactly("SELECT 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT ';'",
        "SELECT 'a'';b'",
        "SELECT \";\"",
        "SELECT [;]",
        "SELECT `;`",
        "SELECT 1 /* ; */ + 1",
        "SELECT 1 -- ;\n+ 1",
        "SELECT $a(;)",
        "SELECT ';",
        "SELECT CASE WHEN 1 THEN 2 END"
      })
  void a_semicolon_within_a_token_separates_nothing(String statement) {
    assertThat(split(statement)).containsExactly(statement);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        TRIGGER,
        "create trigger g after insert on t begin select 1; end",
        "CREATE/**/TRIGGER g INSTEAD OF DELETE ON v BEGIN SELECT ';END;'; END",
        "CREATE TRIGGER IF NOT EXISTS g AFTER UPDATE OF a ON t WHEN new.a > 1 BEGIN SELECT 1; END",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; SELECT 3; END",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = CASE a WHEN 1 THEN 2 END; END",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; -- END;\n SELECT 2; END",
        "CREATE TRIGGER [end] AFTER INSERT ON t BEGIN SELECT \"end\" FROM t; SELECT 1; END",
        "EXPLAIN CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
        "EXPLAIN QUERY PLAN CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END"
      })
  void a_trigger_ends_behind_its_end(String trigger) {
    assertThat(split(trigger)).containsExactly(trigger);
    assertThat(split(trigger + ";")).containsExactly(trigger);
    assertThat(split(trigger + " ; SELECT 1")).containsExactly(trigger, "SELECT 1");
    assertThat(split("SELECT 1;" + trigger + ";" + trigger + ";"))
        .containsExactly("SELECT 1", trigger, trigger);
  }

  @Test
  void what_only_looks_like_a_trigger_ends_at_its_semicolon() {
    assertThat(split("DROP TRIGGER g; SELECT 1")).hasSize(2);
    assertThat(split("CREATE TABLE trigger(a); SELECT 1")).hasSize(2);
    assertThat(split("CREATE VIEW v AS SELECT 1; SELECT 1")).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ";", " ; ;; ", "-- a", "/* a */", "/* a */;-- b", "\n", "\ufeff"})
  void a_text_without_a_statement_is_refused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Script.parse(text))
        .withMessageContaining("the SQL has no statement");
  }

  @Test
  void a_nul_character_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Script.parse("SELECT 1\0; COMMIT"))
        .withMessageContaining("NUL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT '\ud83d'", "ATTACH\ud83d AS x", "SELECT '\ude00\ud83d'"})
  void half_a_character_is_refused_for_sqlite_would_see_another(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Script.parse(text))
        .withMessageContaining("surrogate");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT 1                                                      | false
          VALUES (1)                                                    | false
          EXPLAIN INSERT INTO t VALUES (1)                              | false
          EXPLAIN QUERY PLAN DELETE FROM t                              | false
          WITH x AS (SELECT 1) SELECT * FROM x                          | false
          WITH x AS (SELECT replace(a, 1, 2) FROM t) SELECT * FROM x    | false
          PRAGMA user_version                                           | false
          PRAGMA table_info(t)                                          | false
          WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x            | true
          WITH x AS (SELECT 1) REPLACE INTO t SELECT * FROM x           | true
          WITH x(a) AS (SELECT 1), y AS NOT MATERIALIZED (SELECT 2) DELETE FROM t | true
          WITH RECURSIVE x AS (SELECT 1) UPDATE t SET a = 1             | true
          INSERT INTO t VALUES (1)                                      | true
          insert into t values (1)                                      | true
          REPLACE INTO t VALUES (1)                                     | true
          UPDATE t SET a = 1                                            | true
          DELETE FROM t                                                 | true
          CREATE TABLE t(a)                                             | true
          ALTER TABLE t ADD b                                           | true
          DROP TABLE t                                                  | true
          ANALYZE                                                       | true
          REINDEX                                                       | true
          PRAGMA user_version = 1                                       | true
          PRAGMA optimize                                               | true
          """)
  void a_statement_that_may_write_is_known(String text, boolean writes) {
    assertThat(only(text).writes()).isEqualTo(writes);
  }

  @Test
  void a_statement_that_changes_tables_is_known() {
    assertThat(only("CREATE TABLE t(a)").schema()).isTrue();
    assertThat(only("alter table t add b").schema()).isTrue();
    assertThat(only("DROP INDEX i").schema()).isTrue();
    assertThat(only("INSERT INTO t VALUES (1)").schema()).isFalse();
    assertThat(only("EXPLAIN CREATE TABLE t(a)").schema()).isFalse();
  }

  @Test
  void a_statement_that_returns_what_it_wrote_is_known() {
    assertThat(only("INSERT INTO t VALUES (1) RETURNING a").returns()).isTrue();
    assertThat(only("INSERT INTO t VALUES ('RETURNING')").returns()).isFalse();
    assertThat(only("SELECT returning FROM t").returns()).isFalse();
  }

  @Test
  void a_pragma_of_the_connection_is_known() {
    assertThat(only("PRAGMA recursive_triggers = ON").setting()).isNotNull();
    assertThat(only("PRAGMA recursive_triggers").setting()).isNull();
    assertThat(only("PRAGMA defer_foreign_keys = ON").setting()).isNull();
    assertThat(only("PRAGMA user_version = 7").setting()).isNull();
  }
}
