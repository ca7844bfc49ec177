// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.HoldfastException;
import dev.holdfast.ObjectResetException;
import dev.holdfast.Outcome;
import dev.holdfast.SqlException;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SQL takes part in turns as key-value storage does: all of a turn becomes durable, or nothing. */
class SqlTurnTest extends EngineSuite {
  @BeforeEach
  void scripts() {
    test.script(
        "create",
        self ->
            String.valueOf(self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY, v TEXT)")));
    test.script("insert", self -> insert(self, "a"));
    test.script("count", SqlTurnTest::count);
  }

  private static String insert(Scripted self, String value) {
    return String.valueOf(self.database().exec("INSERT INTO t(v) VALUES (?)", value));
  }

  private static String count(Scripted self) {
    return String.valueOf(self.database().query("SELECT count(*) FROM t").one(Long.class));
  }

  private String run(String name, Script script) {
    test.script(name, script);
    return test.getAsTimePasses(test.call("a", name));
  }

  @Test
  void whatATurnWrote_isReadInItAndAfterSleepAndRestart() {
    assertThat(
            run(
                "all",
                self -> {
                  self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY, v TEXT)");
                  insert(self, "x");
                  return count(self);
                }))
        .isEqualTo("1");
    get(test.call("a", "insert"));
    test.letSleep();
    assertThat(get(test.call("a", "count"))).isEqualTo("2");
    test.restart();
    assertThat(get(test.call("a", "count"))).isEqualTo("2");
    assertThat(get(test.call("a", "insert"))).isEqualTo("1");
    test.letSleep();
    assertThat(get(test.call("a", "count"))).isEqualTo("3");
  }

  @Test
  void failedCommit_undoesSqlAndMapAlike() {
    get(test.call("a", "create"));
    test.script(
        "both",
        self -> {
          insert(self, "x");
          self.add("n", 1);
          return "";
        });
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    Throwable failure = failure(test.call("a", "both"));
    assertThat(((HoldfastException) failure).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
    assertThat(run("n", self -> String.valueOf(self.count("n")))).isEqualTo("0");
    get(test.call("a", "both"));
    assertThat(get(test.call("a", "count"))).isEqualTo("1");
  }

  @Test
  void abort_dropsWhatTheTurnWrote() {
    get(test.call("a", "create"));
    test.script(
        "abort",
        self -> {
          insert(self, "x");
          self.context().abort("enough");
          return "";
        });
    assertThat(failure(test.call("a", "abort"))).isInstanceOf(ObjectResetException.class);
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
  }

  @Test
  void transaction_undoesSqlAndMap_andNests() {
    get(test.call("a", "create"));
    String seen =
        run(
            "nested",
            self -> {
              insert(self, "kept");
              self.store()
                  .transaction(
                      () -> {
                        insert(self, "outer");
                        assertThatThrownBy(
                                () ->
                                    self.store()
                                        .transaction(
                                            () -> {
                                              insert(self, "inner");
                                              self.add("n", 1);
                                              assertThat(count(self)).isEqualTo("3");
                                              throw new IllegalStateException("no");
                                            }))
                            .hasMessage("no");
                        assertThat(count(self)).isEqualTo("2");
                        self.store().rollback();
                        assertThat(count(self)).isEqualTo("1");
                        insert(self, "again");
                      });
              return count(self) + " " + self.count("n");
            });
    assertThat(seen).isEqualTo("2 0");
    test.restart();
    assertThat(
            run(
                "values",
                self -> self.database().query("SELECT v FROM t").list(String.class).toString()))
        .isEqualTo("[kept, again]");
  }

  @Test
  void statementThatFails_leavesTheObjectAlive_andWhatWasWrittenBefore() {
    get(test.call("a", "create"));
    String seen =
        run(
            "fails",
            self -> {
              self.memory = 7;
              insert(self, "x");
              assertThatThrownBy(
                      () -> self.database().exec("INSERT INTO t(n, v) VALUES (2, 'y'), (1, 'z')"))
                  .isInstanceOf(SqlException.class)
                  .hasMessageContaining("Scripted/a")
                  .hasMessageContaining("UNIQUE constraint failed: t.n")
                  .extracting(e -> ((SqlException) e).code())
                  .isEqualTo("SQLITE_CONSTRAINT_PRIMARYKEY");
              return count(self);
            });
    assertThat(seen).isEqualTo("1");
    assertThat(run("memory", self -> String.valueOf(self.memory))).isEqualTo("7");
  }

  @Test
  void deferredConstraint_violatedAtTheEndOfTheTurn_resetsTheObject() {
    run(
        "schema",
        self -> {
          self.database()
              .exec(
                  "CREATE TABLE p(id INTEGER PRIMARY KEY);"
                      + "CREATE TABLE c(p INTEGER REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED)");
          return "";
        });
    test.script(
        "orphan",
        self -> {
          self.add("n", 1);
          self.database().exec("INSERT INTO c VALUES (1)");
          return "";
        });
    Throwable failure = failure(test.call("a", "orphan"));
    assertThat(failure).isInstanceOf(HoldfastException.class).hasMessageContaining("FOREIGN KEY");
    assertThat(((HoldfastException) failure).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    assertThat(
            run(
                "rows",
                self ->
                    String.valueOf(
                        self.database().query("SELECT count(*) FROM c").one(Long.class))))
        .isEqualTo("0");
    assertThat(run("n", self -> String.valueOf(self.count("n")))).isEqualTo("0");
    assertThat(
            run(
                "both",
                self -> {
                  self.database().exec("INSERT INTO c VALUES (1); INSERT INTO p VALUES (1)");
                  return "fine";
                }))
        .isEqualTo("fine");
  }

  @Test
  void deleteAll_removesTheDatabase_andAnotherCanBegin() {
    get(test.call("a", "create"));
    get(test.call("a", "insert"));
    assertThat(
            run(
                "delete",
                self -> {
                  insert(self, "dropped");
                  self.store().deleteAll();
                  self.database().exec("CREATE TABLE u(x)");
                  return self.database()
                      .query("SELECT name FROM sqlite_schema")
                      .list(String.class)
                      .toString();
                }))
        .isEqualTo("[u]");
    test.restart();
    assertThat(
            run(
                "tables",
                self ->
                    self.database()
                        .query("SELECT name FROM sqlite_schema")
                        .list(String.class)
                        .toString()))
        .isEqualTo("[u]");
    assertThat(
            run("check", self -> self.database().query("PRAGMA integrity_check").one(String.class)))
        .isEqualTo("ok");
  }

  @Test
  void deleteAll_removesADatabaseThatTheActivationHasNotUsedYet() {
    get(test.call("a", "create"));
    get(test.call("a", "insert"));
    test.letSleep();
    run(
        "delete and create",
        self -> {
          self.store().deleteAll();
          return String.valueOf(self.database().exec("CREATE TABLE t(n)"));
        });
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
    test.restart();
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
  }

  @Test
  void deleteAllThatIsNotStoredYet_removesADatabaseThatTheActivationHasNotUsedYet() {
    get(test.call("a", "create"));
    get(test.call("a", "insert"));
    test.letSleep();
    test.script(
        "delete",
        self -> {
          self.store().deleteAll();
          return "";
        });
    long submitted = test.store().gate().submitted();
    test.store().gate().hold();
    CompletableFuture<String> deleted = test.call("a", "delete");
    test.awaitSubmitted(submitted + 1);
    CompletableFuture<String> created = test.call("a", "create");
    test.awaitSubmitted(submitted + 2);
    test.store().gate().release();
    get(deleted);
    get(created);
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
    test.restart();
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
  }

  @Test
  void rowsOfAQuery_endWithTheTurn() {
    get(test.call("a", "create"));
    get(test.call("a", "insert"));
    get(test.call("a", "insert"));
    assertThat(
            run(
                "stream",
                self -> {
                  var rows = self.database().query("SELECT n FROM t").stream(Long.class).iterator();
                  long first = rows.next();
                  self.context().sleep(java.time.Duration.ZERO);
                  try {
                    rows.next();
                    return "went on";
                  } catch (IllegalStateException e) {
                    return first + " " + e.getMessage();
                  }
                }))
        .startsWith("1 the rows of a query cannot be read on: the turn has ended");
  }

  /** Reads so much at once that SQLite makes room: it writes what the turn has written before. */
  private static String manyCursors() {
    return IntStream.range(0, 20)
            .mapToObj(
                i ->
                    "(SELECT length(v) AS l FROM big WHERE n = %d) c%d".formatted(700 + i * 100, i))
            .collect(Collectors.joining(", ", "SELECT count(*) FROM ", ""))
        + IntStream.range(0, 20)
            .mapToObj("c%d.l > 0"::formatted)
            .collect(Collectors.joining(" AND ", " WHERE ", ""));
  }

  @Test
  void transactionThatReadsMuchBeforeItWrites_isUndoneAlone() {
    run(
        "schema",
        self -> {
          self.database()
              .exec("CREATE TABLE big(n INTEGER PRIMARY KEY, v BLOB); CREATE TABLE t(v)");
          self.database()
              .exec(
                  "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i LIMIT 3000) INSERT INTO big SELECT n, zeroblob(3000) FROM i");
          return "";
        });
    run(
        "turn",
        self -> {
          self.database().exec("UPDATE big SET v = zeroblob(3001) WHERE n <= 600");
          assertThatThrownBy(
                  () ->
                      self.store()
                          .transaction(
                              () -> {
                                self.database().query(manyCursors()).one(Long.class);
                                insert(self, "undone");
                                throw new IllegalStateException("no");
                              }))
              .hasMessage("no");
          return insert(self, "kept");
        });
    for (int i = 0; i < 2; i++) {
      assertThat(
              run(
                  "sum",
                  self ->
                      self.database().query("SELECT sum(length(v)) FROM big").one(Long.class)
                          + " "
                          + self.database().query("SELECT v FROM t").list(String.class)
                          + " "
                          + self.database().query("PRAGMA integrity_check").one(String.class)))
          .isEqualTo("9000600 [kept] ok");
      test.restart();
    }
  }
}
