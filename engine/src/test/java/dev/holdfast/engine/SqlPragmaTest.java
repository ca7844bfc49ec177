// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Sql;
import dev.holdfast.SqlException;
import org.junit.jupiter.api.Test;

/** Pragmas that are let through do what they say, for as long as they say. */
class SqlPragmaTest extends SqlSuite {
  private static final String LIKE = "SELECT 'a' LIKE 'A'";

  private static boolean likes(Sql sql) {
    return sql.query(LIKE).one(Boolean.class);
  }

  @Test
  void whatIsRead_isTold() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a)");
          assertThat(number(sql, "PRAGMA page_size")).isEqualTo(4096);
          assertThat(number(sql, "PRAGMA data_version")).isPositive();
          assertThat(number(sql, "PRAGMA foreign_keys")).isEqualTo(1);
          assertThat(number(sql, "PRAGMA page_count")).isEqualTo(2);
          assertThat(sql.query("PRAGMA table_info(t)").maps().getFirst())
              .containsEntry("name", "a");
        });
  }

  @Test
  void userVersion_isPartOfTheDatabase() {
    sql(sql -> sql.exec("PRAGMA user_version = 7; PRAGMA application_id = 8"));
    test.restart();
    sql(
        sql -> {
          assertThat(number(sql, "PRAGMA user_version")).isEqualTo(7);
          assertThat(number(sql, "PRAGMA application_id")).isEqualTo(8);
        });
  }

  @Test
  void settings_areChangedToAndFro_alsoByTextsThatWereUsedBefore() {
    sql(
        sql -> {
          for (int i = 0; i < 3; i++) {
            sql.exec("PRAGMA case_sensitive_like = ON");
            assertThat(likes(sql)).as("round %d", i).isFalse();
            sql.exec("PRAGMA case_sensitive_like = OFF");
            assertThat(likes(sql)).as("round %d", i).isTrue();
            sql.exec("PRAGMA recursive_triggers = ON");
            assertThat(number(sql, "PRAGMA recursive_triggers")).isEqualTo(1);
            sql.exec("PRAGMA recursive_triggers = OFF");
            assertThat(number(sql, "PRAGMA recursive_triggers")).isZero();
          }
        });
  }

  @Test
  void settingThatIsGivenAParameter_isRefused_andDoesNotHold() {
    sql(
        sql -> {
          assertThatThrownBy(() -> sql.exec("PRAGMA case_sensitive_like = ON", 1))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("expected 0 parameters, found 1");
          assertThat(likes(sql)).isTrue();
        });
  }

  @Test
  void settings_holdForTheActivation() {
    sql(sql -> sql.exec("PRAGMA recursive_triggers(1); PRAGMA case_sensitive_like = 1"));
    sql(
        sql -> {
          assertThat(number(sql, "PRAGMA recursive_triggers")).isEqualTo(1);
          assertThat(likes(sql)).isFalse();
        });
    event(
        self -> {
          self.store().deleteAll();
          assertThat(number(self.database(), "PRAGMA recursive_triggers")).isEqualTo(1);
          assertThat(likes(self.database())).isFalse();
        });
    test.letSleep();
    sql(
        sql -> {
          assertThat(number(sql, "PRAGMA recursive_triggers")).isZero();
          assertThat(likes(sql)).isTrue();
        });
  }

  @Test
  void transactionThatIsRolledBack_undoesWhatIsOfTheDatabase_andLeavesSettings() {
    event(
        self -> {
          Sql sql = self.database();
          sql.exec("PRAGMA user_version = 1; CREATE TABLE t(a PRIMARY KEY, b REFERENCES t(a))");
          self.store()
              .transaction(
                  () -> {
                    sql.exec("PRAGMA case_sensitive_like = ON; PRAGMA user_version = 2");
                    sql.exec("PRAGMA defer_foreign_keys = ON");
                    self.store().rollback();
                  });
          assertThat(number(sql, "PRAGMA user_version")).isEqualTo(1);
          assertThat(likes(sql)).isFalse();
          sql.exec("INSERT INTO t VALUES (1, 2)");
          sql.exec("INSERT INTO t VALUES (2, NULL)");
        });
    sql(
        sql -> {
          assertThat(number(sql, "PRAGMA user_version")).isEqualTo(1);
          assertThat(likes(sql)).isFalse();
          assertThatThrownBy(() -> sql.exec("INSERT INTO t VALUES (3, 4)"))
              .hasMessageContaining("FOREIGN KEY");
        });
  }

  @Test
  @Conformance("C-SQL-17")
  void optimize_saysWhatItWouldDo_andDoesIt() {
    sql(
        sql -> {
          sql.exec(
              "CREATE TABLE t(a, b); CREATE INDEX i ON t(a);"
                  + "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100)"
                  + " INSERT INTO t SELECT x, x FROM c");
          assertThat(sql.query("PRAGMA optimize(-1)").list(String.class))
              .singleElement()
              .asString()
              .contains("ANALYZE")
              .contains("\"t\"");
          assertThat(sql.query("PRAGMA optimize = 0x10002").list(String.class)).isEmpty();
          sql.exec("ANALYZE");
          assertThat(sql.query("PRAGMA optimize").list(String.class)).isEmpty();
          assertThat(sql.query("SELECT tbl FROM sqlite_stat1").list(String.class))
              .containsExactly("t");
        });
  }

  @Test
  void recursiveTriggers_areOffUnlessTurnedOn() {
    sql(
        sql -> {
          sql.exec(
              "CREATE TABLE t(a); CREATE TRIGGER g AFTER INSERT ON t WHEN new.a < 5 BEGIN"
                  + " INSERT INTO t VALUES (new.a + 1); END");
          assertThat(sql.exec("INSERT INTO t VALUES (1)")).isEqualTo(2);
          sql.exec("PRAGMA recursive_triggers = ON");
          assertThat(sql.exec("INSERT INTO t VALUES (1)")).isEqualTo(5);
        });
  }

  @Test
  void endlessTrigger_isRefusedBySqlite() {
    sql(
        sql -> {
          sql.exec(
              "PRAGMA recursive_triggers = ON; CREATE TABLE t(a);"
                  + "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO t VALUES (1); END");
          assertThatThrownBy(() -> sql.exec("INSERT INTO t VALUES (1)"))
              .isInstanceOf(SqlException.class)
              .hasMessageContaining("triggers nested too deep");
          assertThat(number(sql, "SELECT count(*) FROM t")).isZero();
        });
  }
}
