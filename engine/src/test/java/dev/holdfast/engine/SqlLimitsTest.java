// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.holdfast.LimitExceededException;
import dev.holdfast.Outcome;
import dev.holdfast.Sql;
import dev.holdfast.SqlException;
import dev.holdfast.StorageException;
import dev.holdfast.engine.sql.SqlLimits;
import dev.holdfast.engine.state.StateLimits;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What passes a limit is undone and told, and the object lives. */
class SqlLimitsTest extends SqlSuite {
  private static final int MIB = 1 << 20;
  private static final long DATABASE_BYTES = 16 * MIB;
  private static final long COMMIT_BYTES = 6 * MIB;
  private static final int LIST_BYTES = MIB;
  private static final int TEXT_BYTES = 16 << 10;

  private static final String INSERT = "INSERT INTO t VALUES (?)";
  private static final String COUNT = "SELECT count(*) FROM t";

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    return defaults
        .withState(new StateLimits(2 << 10, 2 << 20, COMMIT_BYTES, LIST_BYTES, 16 << 20))
        .withSql(defaults.sql().withLimits(new SqlLimits(DATABASE_BYTES, TEXT_BYTES, 64, 10, 500)));
  }

  @BeforeEach
  void table() {
    sql(sql -> sql.exec("CREATE TABLE t(a)"));
  }

  private static void assertLimit(Throwable failure, String... words) {
    assertThat(failure).isInstanceOf(LimitExceededException.class);
    assertThat(failure.getMessage()).contains(words);
  }

  /** Blobs of a MiB, as many as a statement and the turn let in. */
  private static Throwable fill(Sql sql) {
    return catchThrowable(
        () -> {
          for (int i = 0; i < 100; i++) {
            sql.exec("INSERT INTO t VALUES (zeroblob(?))", MIB);
          }
        });
  }

  @Test
  @Conformance("C-SQL-53")
  void rowsBeyondWhatMayBeInMemory_areNotListed_andCanBeStreamed() {
    sql(
        sql -> {
          for (int i = 0; i < 20; i++) {
            sql.exec("INSERT INTO t VALUES (zeroblob(100000))");
          }
          String all = "SELECT a FROM t";
          assertLimit(
              catchThrowable(() -> sql.query(all).list(byte[].class)),
              "more than 1048576 bytes (limits.list-bytes)",
              "stream");
          assertLimit(catchThrowable(() -> sql.query(all).maps()), "limits.list-bytes");
          try (var rows = sql.query(all).stream(byte[].class)) {
            assertThat(rows.mapToInt(row -> row.length).sum()).isEqualTo(2_000_000);
          }
          assertThat(sql.exec(all)).isZero();
          assertThat(
                  sql
                      .query("WITH x AS (SELECT replace('a', 'b', a) FROM t) SELECT a FROM t")
                      .stream(byte[].class)
                      .count())
              .isEqualTo(20);
          sql.exec("DROP TABLE t");
        });
  }

  @Test
  void returningBeyondWhatMayBeInMemory_isUndone() {
    sql(
        sql -> {
          for (int i = 0; i < 20; i++) {
            sql.exec("INSERT INTO t VALUES (zeroblob(100000))");
          }
          assertLimit(
              catchThrowable(() -> sql.query("DELETE FROM t RETURNING a")),
              "Scripted/a",
              "the rows of RETURNING or EXPLAIN take more than 1048576 bytes (limits.list-bytes)");
          assertThat(number(sql, COUNT)).isEqualTo(20);
          assertThat(sql.exec("DELETE FROM t RETURNING 1")).isEqualTo(20);
        });
  }

  @Test
  void explanationBeyondWhatMayBeInMemory_isNotListed() {
    sql(
        sql -> {
          String insert = "INSERT INTO t VALUES (0)" + ",(0)".repeat(4_000);
          assertLimit(
              catchThrowable(() -> sql.query("EXPLAIN " + insert)),
              "Scripted/a",
              "the rows of RETURNING or EXPLAIN take more than 1048576 bytes (limits.list-bytes)");
          assertThat(sql.exec(insert)).isEqualTo(4_001);
        });
  }

  @Test
  void valueBeyondTheLimit_isRefused() {
    event(
        self -> {
          Sql sql = self.database();
          self.memory = 7;
          sql.exec(INSERT, 1);
          assertLimit(
              catchThrowable(() -> sql.exec(INSERT, new byte[(int) COMMIT_BYTES + 1])),
              "Scripted/a",
              "a value or row is larger than 6291456 bytes (limits.commit-bytes)",
              INSERT);
          assertLimit(
              catchThrowable(() -> sql.exec(INSERT, "x".repeat((int) COMMIT_BYTES + 1))),
              "a value or row is larger than 6291456 bytes");
          assertLimit(
              catchThrowable(() -> sql.query("SELECT zeroblob(7000000)")),
              "a value or row is larger than 6291456 bytes");
          assertThatThrownBy(() -> sql.query("SELECT abs(?), ?", Long.MIN_VALUE, new byte[MIB]))
              .isInstanceOf(SqlException.class)
              .hasMessageContaining("integer overflow");
          sql.exec(INSERT, 2);
        });
    event(
        self -> {
          assertThat(self.memory).isEqualTo(7);
          assertThat(self.database().query("SELECT a FROM t").list(Long.class))
              .containsExactly(1L, 2L);
        });
  }

  @Test
  void databaseBeyondItsLimit_refusesTheStatement_andWhatWasWrittenBeforeStays() {
    long before = 0;
    for (int turn = 0; turn < 3; turn++) {
      sql(
          sql -> {
            for (int i = 0; i < 5; i++) {
              sql.exec("INSERT INTO t VALUES (zeroblob(?))", MIB);
            }
          });
      before += 5;
    }
    assertThat(before).isEqualTo(15);
    event(
        self -> {
          Sql sql = self.database();
          self.memory = 7;
          sql.exec(INSERT, "kept");
          assertLimit(
              fill(sql),
              "Scripted/a: its SQL database would have ",
              "limit 16777216 (limits.sql-database-bytes); delete rows");
          assertLimit(fill(sql), "limits.sql-database-bytes");
          assertThat(number(sql, COUNT)).isEqualTo(16);
          sql.exec(INSERT, "kept too");
          sql.exec("DELETE FROM t WHERE rowid = 1");
          sql.exec("INSERT INTO t VALUES (zeroblob(?))", MIB / 2);
        });
    event(
        self -> {
          assertThat(self.memory).isEqualTo(7);
          assertThat(number(self.database(), COUNT)).isEqualTo(17);
        });
    test.restart();
    sql(
        sql -> {
          assertThat(number(sql, COUNT)).isEqualTo(17);
          assertThat(sql.query("PRAGMA integrity_check").one(String.class)).isEqualTo("ok");
        });
  }

  @Test
  void turnBeyondItsLimit_refusesTheStatement_andSmallerOnesStillFit() {
    event(
        self -> {
          Sql sql = self.database();
          sql.exec(INSERT, "kept");
          assertLimit(
              catchThrowable(
                  () ->
                      sql.exec(
                          "INSERT INTO t SELECT zeroblob(1048576) FROM json_each('[1,2,3,4,5,6,7,8,9]')")),
              "Scripted/a: this turn's SQL would change ",
              "limit 6291456 (limits.commit-bytes)",
              "split it with sync()");
          assertThat(number(sql, COUNT)).isEqualTo(1);
          sql.exec(INSERT, "kept too");
          sql.exec("INSERT INTO t VALUES (zeroblob(?))", MIB);
          assertThat(number(sql, COUNT)).isEqualTo(3);
        });
    sql(
        sql -> {
          assertThat(number(sql, COUNT)).isEqualTo(3);
          sql.exec("INSERT INTO t VALUES (zeroblob(?))", MIB);
        });
    test.restart();
    sql(
        sql -> {
          assertThat(number(sql, COUNT)).isEqualTo(4);
          assertThat(sql.query("PRAGMA integrity_check").one(String.class)).isEqualTo("ok");
        });
  }

  @Test
  void turnThatShowsOnlyAtItsEndToBeBeyondTheLimit_isNotCommitted_andTheObjectIsReset() {
    sql(sql -> sql.exec(INSERT, "kept"));
    Throwable failure =
        failing(
            self -> {
              self.store().put("key", "lost");
              // Of these so many are still in SQLite's memory that the log is below the limit.
              for (int i = 0; i < 7; i++) {
                self.database().exec("INSERT INTO t VALUES (zeroblob(?))", MIB - 16_000);
              }
            });
    assertThat(failure)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("Scripted/a: this turn's SQL has changed 7")
        .hasMessageContaining("limit 6291456 (limits.commit-bytes), and cannot be committed")
        .hasMessageContaining("split it with sync()");
    assertThat(((StorageException) failure).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    assertThat(((StorageException) failure).retryable()).isFalse();
    for (int i = 1; i <= 2; i++) {
      event(
          self -> {
            assertThat(number(self.database(), COUNT)).isEqualTo(1);
            assertThat(self.database().query("PRAGMA integrity_check").one(String.class))
                .isEqualTo("ok");
            assertThat(self.store().get("key", String.class)).isEmpty();
          });
      test.restart();
    }
    sql(sql -> sql.exec("INSERT INTO t VALUES (zeroblob(?))", MIB));
  }

  @Test
  void whatATransactionRolledBack_doesNotCount() {
    event(
        self -> {
          Sql sql = self.database();
          for (int i = 0; i < 4; i++) {
            self.store()
                .transaction(
                    () -> {
                      sql.exec(
                          "INSERT INTO t SELECT zeroblob(1048576) FROM json_each('[1,2,3,4]')");
                      self.store().rollback();
                    });
          }
          sql.exec("INSERT INTO t SELECT zeroblob(1048576) FROM json_each('[1,2,3]')");
        });
    test.restart();
    sql(
        sql -> {
          assertThat(number(sql, COUNT)).isEqualTo(3);
          assertThat(sql.query("PRAGMA integrity_check").one(String.class)).isEqualTo("ok");
        });
  }

  @Test
  void turnThatFillsTheLimit_canBeSplit() {
    event(
        self -> {
          for (int i = 0; i < 12; i++) {
            self.database().exec("INSERT INTO t VALUES (zeroblob(?))", MIB);
            self.store().sync();
          }
        });
    sql(sql -> assertThat(number(sql, COUNT)).isEqualTo(12));
  }

  @Test
  void textBeyondTheLimit_isRefused_countedAsSqliteDoes() {
    sql(
        sql -> {
          assertThat(sql.query("SELECT '" + "x".repeat(TEXT_BYTES - 100) + "'").one(String.class))
              .hasSize(TEXT_BYTES - 100);
          for (String text : new String[] {"x".repeat(TEXT_BYTES), "€".repeat(TEXT_BYTES / 2)}) {
            assertLimit(
                catchThrowable(() -> sql.query("SELECT '" + text + "'")),
                "Scripted/a: SQL of ",
                "limit 16384 (limits.sql-text-bytes)",
                "bind what is data");
          }
        });
  }

  @Test
  void parametersBeyondTheLimit_areRefused() {
    sql(
        sql -> {
          Object[] eleven = new Object[11];
          assertThatThrownBy(() -> sql.query("SELECT ?" + ", ?".repeat(10), eleven))
              .isInstanceOf(SqlException.class)
              .hasMessageContaining("too many SQL variables");
          assertThatThrownBy(() -> sql.query("SELECT ?11", eleven))
              .isInstanceOf(SqlException.class)
              .hasMessageContaining("variable number must be between ?1 and ?10");
          assertThat(sql.query("SELECT ?10", new Object[10]).list(Object[].class)).hasSize(1);
        });
  }

  @Test
  void patternBeyondTheLimit_isRefused() {
    sql(
        sql -> {
          for (String operator : new String[] {"LIKE", "GLOB"}) {
            assertThatThrownBy(
                    () -> sql.query("SELECT 'a' " + operator + " ?", "a%".repeat(50)).maps().size())
                .isInstanceOf(SqlException.class)
                .hasMessageContaining("LIKE or GLOB pattern too complex");
          }
        });
  }
}
