// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Sql;
import dev.holdfast.SqlException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Texts that are used again are prepared once, which nobody notices. */
class SqlStatementsTest extends SqlSuite {

  @Test
  @Conformance("C-SQL-32")
  void sameText_isRunAgain_withOtherParameters() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a)");
          for (int i = 0; i < 3; i++) {
            sql.exec("INSERT INTO t VALUES (?)", i);
            sql.exec("INSERT INTO " + "t".repeat(1) + " VALUES (?)", "text " + i);
          }
          assertThat(sql.query("SELECT a FROM t").list(Object.class))
              .containsExactly(0L, "text 0", 1L, "text 1", 2L, "text 2");
        });
  }

  @Test
  @Conformance("C-SQL-33")
  void sameText_seesColumnsThatWereAdded() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
          String all = "SELECT * FROM t";
          assertThat(sql.query(all).maps().toString()).isEqualTo("[{a=1}]");
          sql.exec("ALTER TABLE t ADD COLUMN b DEFAULT 7");
          assertThat(sql.query(all).maps().toString()).isEqualTo("[{a=1, b=7}]");
          sql.exec("ALTER TABLE t RENAME COLUMN b TO c; INSERT INTO t VALUES (2, 3)");
          assertThat(sql.query(all).maps().toString()).isEqualTo("[{a=1, c=7}, {a=2, c=3}]");
          sql.exec("DROP TABLE t; CREATE TABLE t(z)");
          assertThat(sql.query(all).columns()).containsExactly("z");
        });
  }

  @Test
  void sameText_isRunAgain_afterItFailed() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(n INTEGER PRIMARY KEY, a NOT NULL)");
          String insert = "INSERT INTO t VALUES (?, ?)";
          String query = "SELECT abs(?)";
          for (int i = 0; i < 3; i++) {
            assertFails("SQLITE_MISMATCH", () -> sql.exec(insert, "text", 1));
            assertFails("SQLITE_CONSTRAINT_NOTNULL", () -> sql.exec(insert, 1, null));
            assertFails("SQLITE_ERROR", () -> sql.query(query, Long.MIN_VALUE));
            assertThat(sql.exec(insert, i, 1)).isEqualTo(1);
            assertThat(sql.query(query, -7).one(Long.class)).isEqualTo(7);
          }
        });
  }

  private static void assertFails(String code, ThrowingCallable run) {
    assertThatThrownBy(run)
        .isInstanceOf(SqlException.class)
        .extracting(e -> ((SqlException) e).code())
        .isEqualTo(code);
  }

  @Test
  void sameText_isReadAgain_afterReadingItFailed() {
    sql(
        sql -> {
          String query = "SELECT abs(value) FROM json_each(?)";
          for (int i = 0; i < 3; i++) {
            assertFails(
                "SQLITE_ERROR",
                () -> sql.query(query, "[-1, -2, -9223372036854775808]").list(Long.class));
            assertThat(sql.query(query, "[-1, -2]").list(Long.class)).containsExactly(1L, 2L);
          }
        });
  }

  @Test
  void sameText_canBeRunWhileItsRowsAreRead() {
    sql(
        sql -> {
          String three = "SELECT value FROM json_each(?)";
          List<Long> seen = new ArrayList<>();
          try (Stream<Long> outer = sql.query(three, "[1,2,3]").stream(Long.class)) {
            outer.forEach(
                o -> {
                  try (Stream<Long> inner = sql.query(three, "[10,20]").stream(Long.class)) {
                    inner.forEach(i -> seen.add(o + i));
                  }
                });
          }
          assertThat(seen).containsExactly(11L, 21L, 12L, 22L, 13L, 23L);
          assertThat(sql.query(three, "[5]").one(Long.class)).isEqualTo(5);
        });
  }

  @Test
  void moreTextsThanAreKept_allWork_alsoWhileOneOfThemIsRead() {
    sql(
        sql -> {
          var reading =
              sql.query("SELECT value FROM json_each('[1,2,3]')").stream(Long.class).iterator();
          assertThat(reading.next()).isEqualTo(1);
          for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 250; i++) {
              assertThat(number(sql, "SELECT " + i)).isEqualTo(i);
            }
            assertThat(reading.next()).isEqualTo(2 + round);
          }
          assertThat(reading.hasNext()).isFalse();
        });
  }

  @Test
  void schemaThatChangesWhileRowsAreRead_leavesThemAsTheyAre() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)");
          var reading = sql.query("SELECT * FROM t").stream(Long.class).iterator();
          assertThat(reading.next()).isEqualTo(1);
          sql.exec("CREATE TABLE u(a)");
          assertThat(reading.next()).isEqualTo(2);
          assertThat(reading.hasNext()).isFalse();
        });
  }

  private static void insertMany(Sql sql, int statements) {
    sql.exec("INSERT INTO t VALUES (1);".repeat(statements));
  }

  @Test
  void textOfVeryManyStatements_isRun_alsoAgain() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a)");
          insertMany(sql, 2_000);
          insertMany(sql, 2_000);
          insertMany(sql, 30);
          insertMany(sql, 30);
          assertThat(number(sql, "SELECT count(*) FROM t")).isEqualTo(4_060);
        });
  }

  @Test
  void largeParameters_areBoundOnceEach() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a)");
          for (int i = 0; i < 3; i++) {
            sql.exec("INSERT INTO t VALUES (?)", new byte[1_000_000 + i]);
            sql.exec("INSERT INTO t VALUES (?)", "x".repeat(i));
          }
          assertThat(sql.query("SELECT length(a) FROM t").list(Long.class))
              .containsExactly(1_000_000L, 0L, 1_000_001L, 1L, 1_000_002L, 2L);
        });
  }
}
