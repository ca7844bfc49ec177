// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.SqlException;
import dev.holdfast.SqlRows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Statements run in order, and what they refuse leaves no trace. */
class SqlQueryTest extends SqlSuite {

  @Test
  @Conformance("C-ID-29")
  void database_isThereWithoutFurtherSetUp() {
    sql(sql -> assertThat(number(sql, "SELECT 1")).isEqualTo(1));
  }

  @Test
  @Conformance("C-SQL-03")
  void column_isNamedAsItIsWritten() {
    sql(
        sql -> {
          SqlRows rows = sql.query("SELECT ? + ?", 123, 456);
          assertThat(rows.columns()).containsExactly("? + ?");
          assertThat(rows.one(Long.class)).isEqualTo(579);
        });
  }

  @Test
  @Conformance("C-SQL-06")
  void textWithoutStatement_isRefused() {
    sql(
        sql -> {
          for (String text : List.of("", ";", " ;; ", "-- nothing", "/* nothing */;")) {
            assertThatIllegalArgumentException()
                .as(text)
                .isThrownBy(() -> sql.exec(text))
                .withMessageContaining("the SQL has no statement");
          }
          assertThat(number(sql, "SELECT 1; -- behind the last one")).isEqualTo(1);
        });
  }

  @Test
  @Conformance("C-SQL-08")
  void valueThatAColumnRefuses_isTold() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(n INTEGER PRIMARY KEY)");
          assertThatThrownBy(() -> sql.exec("INSERT INTO t VALUES ('text')"))
              .isInstanceOf(SqlException.class)
              .hasMessageContaining("Scripted/a")
              .hasMessageContaining("datatype mismatch")
              .hasMessageContaining("INSERT INTO t VALUES ('text')")
              .extracting(e -> ((SqlException) e).code())
              .isEqualTo("SQLITE_MISMATCH");
        });
  }

  @Test
  @Conformance("C-SQL-09")
  void parametersTooFewOrTooMany_areRefused() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a, b)");
          String insert = "INSERT INTO t VALUES (?, ?)";
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.exec(insert, 1))
              .withMessageContaining("Scripted/a")
              .withMessageContaining("expected 2 parameters, found 1")
              .withMessageContaining(insert);
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.exec(insert, 1, 2, 3))
              .withMessageContaining("expected 2 parameters, found 3");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.query("SELECT ?").one(Long.class))
              .withMessageContaining("expected 1 parameters, found 0");
          assertThat(number(sql, "SELECT count(*) FROM t")).isZero();
        });
  }

  @Test
  void parameters_areCountedAsSqliteNumbersThem() {
    sql(
        sql -> {
          assertThat(sql.query("SELECT ?1 + ?1", 2).one(Long.class)).isEqualTo(4);
          assertThat(sql.query("SELECT :a + :b + :a", 1, 10).one(Long.class)).isEqualTo(12);
          assertThat(sql.query("SELECT ?3", 1, 2, 3).one(Long.class)).isEqualTo(3);
        });
  }

  /** What {@code exec(text, null)} passes. */
  @SuppressWarnings("NullAway")
  private static Object[] noArray() {
    return null;
  }

  @Test
  void nullWithoutArray_isOneParameter() {
    sql(
        sql -> {
          assertThat(sql.query("SELECT ? IS NULL", noArray()).one(Boolean.class)).isTrue();
          sql.exec("CREATE TABLE t(a)");
          assertThat(sql.exec("INSERT INTO t VALUES (?)", noArray())).isEqualTo(1);
        });
  }

  @Test
  @Conformance("C-SQL-11")
  void statements_areSeparatedWhateverBlanksFollow() {
    sql(
        sql -> {
          for (String blank : List.of(" ", "\t", "\n", "\r", "\u000b", "\f", "\r\n", "")) {
            assertThat(number(sql, "SELECT 1;" + blank)).isEqualTo(1);
            assertThat(number(sql, "SELECT 1;" + blank + "SELECT 2;" + blank)).isEqualTo(2);
          }
        });
  }

  @Test
  void parameters_areThoseOfTheLastStatement() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1); INSERT INTO t VALUES (?)", 2);
          assertThat(sql.query("SELECT a FROM t").list(Long.class)).containsExactly(1L, 2L);
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.exec("INSERT INTO t VALUES (?); SELECT ?", 3, 4))
              .withMessageContaining("expected 1 parameters, found 0");
          assertThat(number(sql, "SELECT count(*) FROM t")).isEqualTo(2);
        });
  }

  @Test
  void refusedStatement_keepsAllOfItsTextFromRunning() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a)");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.exec("INSERT INTO t VALUES (1); VACUUM"))
              .withMessageContaining("VACUUM is not for an object");
          assertThat(number(sql, "SELECT count(*) FROM t")).isZero();
        });
  }

  @Test
  @Conformance("C-SQL-21")
  void transactionsInSql_areRefused_namingTheOnesToUse() {
    sql(
        sql -> {
          for (String text : List.of("BEGIN TRANSACTION", "SAVEPOINT a", "COMMIT", "ROLLBACK")) {
            assertThatIllegalArgumentException()
                .isThrownBy(() -> sql.exec(text))
                .withMessageContaining("storage().transaction(...)");
          }
        });
  }

  @Test
  @Conformance("C-SQL-48")
  void statementThatFailed_canBeRunAgain() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a UNIQUE)");
          String insert = "INSERT INTO t VALUES (?)";
          sql.exec(insert, 1);
          for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> sql.exec(insert, 1))
                .isInstanceOf(SqlException.class)
                .extracting(e -> ((SqlException) e).code())
                .isEqualTo("SQLITE_CONSTRAINT_UNIQUE");
          }
          assertThat(sql.exec(insert, 2)).isEqualTo(1);
          assertThat(sql.query("SELECT a FROM t").list(Long.class)).containsExactly(1L, 2L);
        });
  }

  @Test
  @Conformance("C-SQL-50")
  void textThatFailsInTheMiddle_keepsWhatRanBefore_eachTimeOnce() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a); CREATE TABLE u(a UNIQUE); INSERT INTO u VALUES (1)");
          String text =
              "INSERT INTO t VALUES (1); SELECT * FROM t; INSERT INTO u VALUES (1);"
                  + " INSERT INTO t VALUES (2)";
          for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> sql.exec(text)).isInstanceOf(SqlException.class);
          }
          assertThat(sql.query("SELECT a FROM t").list(Long.class)).containsExactly(1L, 1L, 1L);
        });
  }

  @Test
  void statementThatFailsForOneRow_changesNone() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (5)");
          assertThatThrownBy(() -> sql.exec("INSERT INTO t VALUES (1), (2), (5), (3)"))
              .isInstanceOf(SqlException.class);
          assertThatThrownBy(() -> sql.exec("INSERT OR FAIL INTO t VALUES (1), (2), (5), (3)"))
              .isInstanceOf(SqlException.class);
          assertThat(sql.query("SELECT a FROM t").list(Long.class)).containsExactly(5L);
        });
  }

  @Test
  void syntaxError_isTold_withWhereItIs() {
    sql(
        sql ->
            assertThatThrownBy(() -> sql.exec("SELEC 1"))
                .isInstanceOf(SqlException.class)
                .hasMessageContaining("near \"SELEC\": syntax error")
                .extracting(e -> ((SqlException) e).code())
                .isEqualTo("SQLITE_ERROR"));
  }

  @Test
  @Conformance("C-SQL-18")
  void functionsOfSqlite_areThere() {
    sql(sql -> assertThat(sql.query("SELECT sqlite_version()").one(String.class)).startsWith("3."));
  }

  @Test
  @Conformance("C-SQL-20")
  void compoundOfManyTerms_isAllowed_upToSqlitesOwnLimit() {
    sql(
        sql -> {
          String term = "SELECT 1";
          assertThat(sql.query(term + " UNION ALL SELECT 1".repeat(499)).list(Long.class))
              .hasSize(500);
          assertThatThrownBy(() -> sql.query(term + " UNION ALL SELECT 1".repeat(500)))
              .isInstanceOf(SqlException.class)
              .hasMessageContaining("too many terms in compound SELECT");
        });
  }

  @Test
  void returning_givesBackWhatWasWritten() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(n INTEGER PRIMARY KEY, v TEXT)");
          SqlRows rows = sql.query("INSERT INTO t(v) VALUES ('a'), ('b') RETURNING n, v");
          assertThat(rows.columns()).containsExactly("n", "v");
          assertThat(rows.rowsWritten()).isEqualTo(2);
          assertThat(rows.maps().toString()).isEqualTo("[{n=1, v=a}, {n=2, v=b}]");
          assertThat(sql.query("UPDATE t SET v = 'c' WHERE n = 2 RETURNING v").one(String.class))
              .isEqualTo("c");
          assertThat(sql.query("DELETE FROM t WHERE n > 5 RETURNING n").list(Long.class)).isEmpty();
          assertThat(sql.exec("DELETE FROM t RETURNING n")).isEqualTo(2);
        });
  }

  @Test
  void returning_hasWrittenAlsoIfItsRowsAreNotRead() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a)");
          sql.query("INSERT INTO t VALUES (1) RETURNING a").close();
          var _ = sql.query("INSERT INTO t VALUES (2) RETURNING a");
          sql.exec("INSERT INTO t VALUES (3) RETURNING a; INSERT INTO t VALUES (4)");
          assertThat(sql.query("SELECT a FROM t").list(Long.class)).containsExactly(1L, 2L, 3L, 4L);
        });
  }

  @Test
  @Conformance("C-SQL-47")
  void deleteAll_endsRowsThatAreBeingRead_andStatementsWorkOnceTheirTablesAreBack() {
    event(
        self -> {
          self.database().exec("CREATE TABLE t(a)");
          String insert = "INSERT INTO t VALUES (?)";
          self.database().exec(insert, 1);
          self.database().exec(insert, 2);
          var rows = self.database().query("SELECT a FROM t").stream(Long.class).iterator();
          assertThat(rows.next()).isEqualTo(1);
          self.store().deleteAll();
          assertThatIllegalStateException()
              .isThrownBy(rows::next)
              .withMessageContaining("everything was deleted");
          assertThatThrownBy(() -> self.database().exec(insert, 3))
              .isInstanceOf(SqlException.class)
              .hasMessageContaining("no such table: t");
          self.database().exec("CREATE TABLE t(a)");
          self.database().exec(insert, 4);
          assertThat(number(self.database(), "SELECT a FROM t")).isEqualTo(4);
        });
  }

  @Test
  @Conformance("C-SQL-24")
  void tablesOfTheDatabase_areListed() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a); CREATE TABLE _cf_u(a); CREATE VIEW v AS SELECT 1");
          assertThat(
                  sql.query(
                          "SELECT name FROM pragma_table_list WHERE schema = 'main'"
                              + " AND name NOT LIKE '$_cf$_%' ESCAPE '$' ORDER BY name")
                      .list(String.class))
              .containsExactly("sqlite_schema", "t", "v");
          assertThat(
                  sql.query("SELECT json_group_array(name) FROM sqlite_master").one(String.class))
              .isEqualTo("[\"t\",\"_cf_u\",\"v\"]");
        });
  }
}
