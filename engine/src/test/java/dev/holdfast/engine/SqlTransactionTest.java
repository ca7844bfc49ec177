// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.holdfast.Outcome;
import dev.holdfast.Sql;
import dev.holdfast.SqlException;
import dev.holdfast.StorageException;
import dev.holdfast.engine.sql.SqlLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a transaction wrote in SQL goes with it, and a database that is full takes the turn along.
 */
class SqlTransactionTest extends SqlSuite {
  private static final long DATABASE_BYTES = 4 << 20;

  /** Far more than the limit, so that SQLite itself stops. */
  private static final String HUGE =
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100)"
          + " INSERT INTO t SELECT zeroblob(100000) FROM c";

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    SqlLimits limits = new SqlLimits(DATABASE_BYTES, 1 << 20, 4 << 10, 100, 500);
    return defaults.withSql(defaults.sql().withLimits(limits));
  }

  @BeforeEach
  void table() {
    sql(sql -> sql.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1)"));
  }

  private static List<Object> values(Sql sql) {
    return sql.query("SELECT a FROM t").list(Object.class);
  }

  /** Does what may fail, each in its order, and tells what it failed with. */
  private List<Throwable> failures(Scripted self, Code... steps) {
    List<Throwable> failures = new ArrayList<>();
    for (Code step : steps) {
      failures.add(catchThrowable(() -> step.run(self)));
    }
    return failures;
  }

  /** Runs steps in an event that fails as its database is full; what each step failed with. */
  private List<Throwable> whenFull(Code... steps) {
    CompletableFuture<List<Throwable>> seen = new CompletableFuture<>();
    Throwable failure =
        failing(
            self -> {
              self.add("n", 1);
              self.database().exec("INSERT INTO t VALUES (2)");
              seen.complete(failures(self, steps));
            });
    assertThat(failure)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("Scripted/a")
        .hasMessageContaining("limit %d (limits.sql-database-bytes)".formatted(DATABASE_BYTES));
    assertThat(((StorageException) failure).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    assertThat(((StorageException) failure).retryable()).isFalse();
    event(
        self -> {
          assertThat(self.activation()).isEqualTo(2);
          assertThat(values(self.database())).containsExactly(1L);
          assertThat(self.count("n")).isZero();
          self.database().exec("INSERT INTO t VALUES (3)");
        });
    return get(seen);
  }

  private static void huge(Scripted self) {
    self.database().exec(HUGE);
  }

  @Test
  @Conformance("C-TX-22")
  void fullDatabase_takesTheTurnAlong_alsoIfTheErrorIsCaught() {
    List<Throwable> seen =
        whenFull(
            SqlTransactionTest::huge,
            self -> self.database().exec("INSERT INTO t VALUES (4)"),
            self -> self.database().query("SELECT 1"),
            self -> self.add("n", 1));
    assertThat(seen).hasSize(4).allMatch(Error.class::isInstance);
  }

  @Test
  @Conformance("C-TX-24")
  void fullDatabase_withinATransactionThatGoesOn_takesTheTurnAlong() {
    List<Throwable> seen =
        whenFull(
            self ->
                self.store().transaction(() -> assertThat(failures(self, s -> huge(s))).hasSize(1)),
            self -> self.database().query("SELECT 1"));
    assertThat(seen.getLast()).isInstanceOf(Error.class);
  }

  @Test
  @Conformance("C-TX-25")
  void fullDatabase_withinATransactionThatIsRolledBack_takesTheTurnAlong() {
    List<Throwable> inside = new ArrayList<>();
    List<Throwable> seen =
        whenFull(
            self ->
                self.store()
                    .transaction(
                        () ->
                            inside.addAll(failures(self, s -> huge(s), s -> s.store().rollback()))),
            self -> self.add("n", 1));
    assertThat(inside).hasSize(2).allMatch(Error.class::isInstance);
    assertThat(seen.getLast()).isInstanceOf(Error.class);
  }

  @Test
  @Conformance("C-TX-09")
  void fullDatabase_isToldAgainBySync() {
    List<Throwable> seen = whenFull(SqlTransactionTest::huge, self -> self.store().sync());
    assertThat(seen).allMatch(Error.class::isInstance);
  }

  @Test
  @Conformance("C-TX-18")
  void transaction_thatAStatementFails_undoesTheTableOfTheOneBefore() {
    event(
        self -> {
          assertThatThrownBy(
                  () ->
                      self.store()
                          .transaction(
                              () -> {
                                self.database().exec("CREATE TABLE u(a)");
                                self.database().exec("nonsense");
                              }))
              .isInstanceOf(SqlException.class);
          assertThat(self.database().query("SELECT name FROM sqlite_schema").list(String.class))
              .containsExactly("t");
        });
  }

  @Test
  void rollback_endsRowsThatAreBeingRead_andAnEndDoesNot() {
    event(
        self -> {
          Sql sql = self.database();
          sql.exec("INSERT INTO t VALUES (2), (3)");
          var outside = sql.query("SELECT a FROM t").stream(Long.class).iterator();
          self.store().transaction(() -> assertThat(outside.next()).isEqualTo(1));
          assertThat(outside.next()).isEqualTo(2);
          self.store()
              .transaction(
                  () -> {
                    sql.exec("INSERT INTO t VALUES (4)");
                    self.store().rollback();
                    assertThatIllegalStateException()
                        .isThrownBy(outside::next)
                        .withMessageContaining("the transaction was rolled back; run it again");
                    assertThat(values(sql)).containsExactly(1L, 2L, 3L);
                  });
        });
  }

  @Test
  void rollback_ofATable_isSeenByStatementsThatWereRunBefore() {
    event(
        self -> {
          Sql sql = self.database();
          String insert = "INSERT INTO u VALUES (1)";
          self.store()
              .transaction(
                  () -> {
                    sql.exec("CREATE TABLE u(a)");
                    sql.exec(insert);
                    self.store().rollback();
                    assertThatThrownBy(() -> sql.exec(insert))
                        .isInstanceOf(SqlException.class)
                        .hasMessageContaining("no such table: u");
                    sql.exec("CREATE TABLE u(b)");
                    assertThat(sql.exec(insert)).isEqualTo(1);
                  });
          assertThat(sql.query("SELECT * FROM u").columns()).containsExactly("b");
        });
  }

  @Test
  void deepTransactions_areUndoneEachForItself() {
    event(
        self -> {
          Sql sql = self.database();
          self.store()
              .transaction(
                  () ->
                      self.store()
                          .transaction(
                              () ->
                                  self.store()
                                      .transaction(
                                          () -> {
                                            sql.exec("INSERT INTO t VALUES (2)");
                                            self.store().rollback();
                                            sql.exec("INSERT INTO t VALUES (3)");
                                          })));
          assertThat(values(sql)).containsExactly(1L, 3L);
          assertThatThrownBy(
                  () ->
                      self.store()
                          .transaction(
                              () -> {
                                self.store()
                                    .transaction(() -> sql.exec("INSERT INTO t VALUES (4)"));
                                assertThat(values(sql)).contains(4L);
                                throw new IllegalStateException("outer");
                              }))
              .hasMessage("outer");
          assertThat(values(sql)).containsExactly(1L, 3L);
        });
    sql(sql -> assertThat(values(sql)).containsExactly(1L, 3L));
  }

  @Test
  void statementThatFailsAndOnlyReads_leavesWhatTheTurnWroteBefore() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE big(v)");
          sql.exec("INSERT INTO big SELECT zeroblob(100000) FROM json_each('[1,2,3,4,5,6,7,8,9]')");
        });
    event(
        self -> {
          self.database()
              .exec("INSERT INTO t SELECT randomblob(3000) FROM big a, big b, big c LIMIT 600");
          // The name of a column makes it look like one that writes.
          Throwable failure =
              catchThrowable(
                  () ->
                      self.database()
                          .query(
                              "WITH c AS (SELECT sum(length(hex(v))) AS replace FROM big)"
                                  + " SELECT json('{' || replace) FROM c")
                          .list(String.class));
          assertThat(failure).isInstanceOf(SqlException.class).hasMessageContaining("malformed");
          assertThat(self.database().query("SELECT sum(length(a)) FROM t").one(Long.class))
              .isEqualTo(600 * 3000 + 1);
        });
    event(
        self -> {
          assertThat(self.activation()).isEqualTo(1);
          assertThat(self.database().query("PRAGMA integrity_check").one(String.class))
              .isEqualTo("ok");
          assertThat(self.database().query("SELECT count(*) FROM t").one(Long.class))
              .isEqualTo(601);
        });
  }
}
