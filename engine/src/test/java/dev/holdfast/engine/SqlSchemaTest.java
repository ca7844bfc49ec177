// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Sql;
import dev.holdfast.SqlException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables come, change and go as other writes do. */
class SqlSchemaTest extends SqlSuite {

  private static List<String> tables(Sql sql) {
    return sql.query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .list(String.class);
  }

  @Test
  @Conformance({"C-SQL-12", "C-SQL-14"})
  void noNames_areReserved_butSqlitesOwn() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE _cf_KV(key); CREATE TABLE t(a); INSERT INTO _cf_KV VALUES (1)");
          assertThat(number(sql, "SELECT key FROM _cf_KV")).isEqualTo(1);
          assertThat(sql.query("PRAGMA table_info(_cf_KV)").maps()).hasSize(1);
          sql.exec("ALTER TABLE t RENAME TO _cf_t");
          assertThat(tables(sql)).containsExactly("_cf_KV", "_cf_t");
          assertThatThrownBy(() -> sql.exec("CREATE TABLE sqlite_t(a)"))
              .isInstanceOf(SqlException.class)
              .hasMessageContaining("object name reserved for internal use");
          assertThatThrownBy(() -> sql.exec("ALTER TABLE _cf_t RENAME TO sqlite_t"))
              .isInstanceOf(SqlException.class);
          assertThatThrownBy(() -> sql.exec("DELETE FROM sqlite_schema"))
              .isInstanceOf(SqlException.class)
              .hasMessageContaining("may not be modified");
          assertThat(tables(sql)).containsExactly("_cf_KV", "_cf_t");
        });
  }

  @Test
  @Conformance("C-SQL-26")
  void databaseSize_countsPagesWithoutFreeOnes() {
    sql(
        sql -> {
          assertThat(sql.databaseSize()).isZero();
          sql.exec("CREATE TABLE t(a)");
          long before = sql.databaseSize();
          assertThat(before).isEqualTo(2 * 4096);
          sql.exec("CREATE TABLE u(a)");
          assertThat(sql.databaseSize()).isEqualTo(before + 4096);
          sql.exec("INSERT INTO u VALUES (zeroblob(40960))");
          assertThat(sql.databaseSize()).isGreaterThan(before + 40_960);
          sql.exec("DROP TABLE u");
          assertThat(sql.databaseSize()).isEqualTo(before);
        });
    sql(sql -> assertThat(sql.databaseSize()).isEqualTo(2 * 4096));
    event(
        self -> {
          self.store().deleteAll();
          assertThat(self.database().databaseSize()).isZero();
        });
  }

  @Test
  @Conformance("C-SQL-29")
  void tables_areAltered_andConstraintsHoldUnlessTheyAreToBeIgnored() {
    sql(
        sql -> {
          sql.exec(
              "CREATE TABLE t(a, gone); INSERT INTO t VALUES (1, 2);"
                  + "ALTER TABLE t RENAME TO u; ALTER TABLE u ADD COLUMN n CHECK (n > 0);"
                  + "ALTER TABLE u RENAME COLUMN a TO b; ALTER TABLE u DROP COLUMN gone");
          assertThat(sql.query("SELECT * FROM u").columns()).containsExactly("b", "n");
          assertThatThrownBy(() -> sql.exec("INSERT INTO u VALUES (1, -1)"))
              .isInstanceOf(SqlException.class)
              .hasMessageContaining("CHECK constraint failed")
              .extracting(e -> ((SqlException) e).code())
              .isEqualTo("SQLITE_CONSTRAINT_CHECK");
          sql.exec("PRAGMA ignore_check_constraints = ON");
          sql.exec("INSERT INTO u VALUES (1, -1), (2, -2)");
          sql.exec("PRAGMA ignore_check_constraints = OFF");
          assertThat(sql.query("PRAGMA quick_check").list(String.class))
              .containsExactly("CHECK constraint failed in u", "CHECK constraint failed in u");
          assertThatThrownBy(() -> sql.exec("INSERT INTO u VALUES (3, -3)"))
              .isInstanceOf(SqlException.class);
        });
  }

  @Test
  @Conformance("C-SQL-30")
  void temporaryTables_areRefused() {
    sql(
        sql -> {
          for (String text :
              List.of("CREATE TEMP TABLE t(a)", "CREATE TEMPORARY VIEW v AS SELECT 1")) {
            assertThatIllegalArgumentException()
                .isThrownBy(() -> sql.exec(text))
                .withMessageContaining("CREATE TEMP is not for an object")
                .withMessageContaining("use WITH, a table that you empty, or a field");
          }
          assertThatThrownBy(() -> sql.exec("INSERT INTO temp.t VALUES (1)"))
              .isInstanceOf(SqlException.class)
              .hasMessageContaining("no such table");
        });
  }

  @Test
  void tableThatIsBeingRead_isNotDropped() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)");
          try (var rows = sql.query("SELECT a FROM t")) {
            assertThatThrownBy(() -> sql.exec("DROP TABLE t"))
                .isInstanceOf(SqlException.class)
                .hasMessageContaining("table is locked");
            assertThat(rows.list(Long.class)).containsExactly(1L, 2L);
          }
          sql.exec("DROP TABLE t");
          assertThat(tables(sql)).isEmpty();
        });
  }

  @Test
  void generatedColumns_viewsAndTriggers_workAndOutliveTheActivation() {
    sql(
        sql ->
            sql.exec(
                "CREATE TABLE t(a, b AS (a * 2) STORED)"
                    + "; CREATE VIEW v AS SELECT b FROM t;"
                    + "CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN"
                    + " INSERT INTO t VALUES (new.b / 2); END"));
    test.restart();
    sql(
        sql -> {
          sql.exec("INSERT INTO v VALUES (10)");
          assertThat(number(sql, "SELECT b FROM v")).isEqualTo(10);
          assertThat(sql.query("PRAGMA integrity_check").one(String.class)).isEqualTo("ok");
        });
  }
}
