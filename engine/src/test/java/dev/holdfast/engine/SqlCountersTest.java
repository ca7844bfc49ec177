// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Sql;
import dev.holdfast.SqlRows;
import java.util.Iterator;
import org.junit.jupiter.api.Test;

/**
 * Rows that are read count as they are delivered, and rows that are written with all that follows.
 */
class SqlCountersTest extends SqlSuite {
  private static void thousand(Sql sql) {
    sql.exec(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER, w INTEGER); CREATE INDEX i ON t(w);"
            + "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000)"
            + " INSERT INTO t SELECT x, x % 10, x FROM c");
  }

  private static long read(Sql sql, String query) {
    SqlRows rows = sql.query(query);
    assertThat(rows.maps()).isNotEmpty();
    return rows.rowsRead();
  }

  @Test
  @Conformance("C-SQL-35")
  void eachRun_hasItsOwnCounts() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a)");
          for (int i = 0; i < 2; i++) {
            SqlRows insert = sql.query("INSERT INTO t VALUES (?)", i);
            assertThat(insert.rowsWritten()).isEqualTo(1);
            assertThat(insert.rowsRead()).isZero();
          }
          for (int i = 0; i < 2; i++) {
            SqlRows all = sql.query("SELECT * FROM t");
            assertThat(all.list(Long.class)).hasSize(2);
            assertThat(all.rowsRead()).isEqualTo(2);
            assertThat(all.rowsWritten()).isZero();
          }
        });
  }

  @Test
  @Conformance("C-SQL-36")
  void aRow_isReadAhead() {
    sql(
        sql -> {
          SqlRows rows =
              sql.query(
                  "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 10)"
                      + " SELECT x FROM c");
          Iterator<Long> reading = rows.stream(Long.class).iterator();
          for (long seen = 0; seen < 10; seen++) {
            assertThat(rows.rowsRead()).isEqualTo(seen + 1);
            assertThat(reading.next()).isEqualTo(seen + 1);
          }
          assertThat(rows.rowsRead()).isEqualTo(10);
          assertThat(reading.hasNext()).isFalse();
          assertThat(rows.rowsRead()).isEqualTo(10);
        });
  }

  @Test
  @Conformance({"C-SQL-38", "C-SQL-42"})
  void rowsRead_areThoseThatWereDelivered_notThoseThatWereScanned() {
    sql(
        sql -> {
          thousand(sql);
          assertThat(read(sql, "SELECT * FROM t WHERE id IN (3, 4)")).isEqualTo(2);
          assertThat(read(sql, "SELECT * FROM t WHERE w = 7")).isEqualTo(1);
          assertThat(read(sql, "SELECT * FROM t WHERE v = 7")).isEqualTo(100);
          assertThat(read(sql, "SELECT max(v) FROM t")).isEqualTo(1);
          assertThat(read(sql, "SELECT min(id) FROM t")).isEqualTo(1);
          assertThat(read(sql, "SELECT * FROM t LIMIT 5")).isEqualTo(5);
        });
  }

  @Test
  @Conformance("C-SQL-44")
  void largeRow_isOneRow() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a)");
          assertThat(sql.exec("INSERT INTO t VALUES (?)", new byte[100_000])).isEqualTo(1);
          assertThat(read(sql, "SELECT a FROM t")).isEqualTo(1);
        });
  }

  @Test
  @Conformance("C-SQL-45")
  void rowsWritten_areThoseOfTriggersAndCascadesToo() {
    sql(
        sql -> {
          sql.exec(
              "CREATE TABLE t(a); CREATE TABLE log(a);"
                  + "CREATE TRIGGER i AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END;"
                  + "CREATE TRIGGER d AFTER DELETE ON t BEGIN INSERT INTO log VALUES (old.a); END");
          SqlRows insert = sql.query("INSERT INTO t VALUES (1)");
          assertThat(insert.rowsWritten()).isEqualTo(2);
          assertThat(sql.exec("INSERT INTO t VALUES (2), (3)")).isEqualTo(4);
          assertThat(sql.exec("DELETE FROM t")).isEqualTo(6);
          sql.exec(
              "CREATE TABLE p(id INTEGER PRIMARY KEY);"
                  + "CREATE TABLE c(p REFERENCES p(id) ON DELETE CASCADE);"
                  + "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1), (1)");
          assertThat(sql.exec("DELETE FROM p")).isEqualTo(3);
        });
  }

  @Test
  void rowsWritten_areThoseOfAllStatementsOfTheText() {
    sql(
        sql -> {
          assertThat(
                  sql.exec(
                      "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2); UPDATE t SET a = 3;"
                          + "DELETE FROM t WHERE a = 4; SELECT * FROM t"))
              .isEqualTo(4);
          SqlRows rows = sql.query("INSERT INTO t VALUES (5); SELECT * FROM t");
          assertThat(rows.rowsWritten()).isEqualTo(1);
          assertThat(rows.list(Long.class)).hasSize(3);
          assertThat(sql.exec("INSERT INTO t SELECT a FROM t")).isEqualTo(3);
          assertThat(sql.exec("INSERT OR IGNORE INTO t SELECT 1 WHERE 0")).isZero();
          assertThat(sql.exec("CREATE INDEX i ON t(a)")).isZero();
        });
  }
}
