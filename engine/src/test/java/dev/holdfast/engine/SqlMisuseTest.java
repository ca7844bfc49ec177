// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.holdfast.ObjectResetException;
import dev.holdfast.Sql;
import dev.holdfast.SqlRows;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * A database is used by the thread that runs the code of its object, while its activation lives.
 */
class SqlMisuseTest extends SqlSuite {
  private static final String ROWS = "SELECT value FROM json_each('[1,2,3]')";

  private static List<ThrowingCallable> uses(Sql sql) {
    return List.of(
        () -> sql.exec("SELECT 1"),
        () -> sql.query("SELECT 1"),
        () -> sql.migrate("CREATE TABLE t(a)"),
        sql::databaseSize,
        sql::dataSource);
  }

  @Test
  void anotherThread_isRefused() {
    event(
        self -> {
          Sql sql = self.database();
          SqlRows rows = sql.query(ROWS);
          Iterator<Long> begun = sql.query(ROWS).stream(Long.class).iterator();
          List<ThrowingCallable> uses = new ArrayList<>(uses(sql));
          uses.add(() -> rows.list(Long.class));
          uses.add(() -> rows.stream(Long.class));
          uses.add(rows::maps);
          uses.add(rows::close);
          uses.add(begun::next);
          List<Throwable> failures =
              get(
                  test.worker(
                      () -> {
                        List<Throwable> seen = new ArrayList<>();
                        uses.forEach(use -> seen.add(catchThrowable(use)));
                        return seen;
                      }));
          assertThat(failures)
              .hasSize(uses.size())
              .allSatisfy(
                  failure ->
                      assertThat(failure)
                          .isInstanceOf(IllegalStateException.class)
                          .hasMessageContaining(
                              "Scripted/a is used by a thread that does not run its code"));
          assertThat(rows.list(Long.class)).containsExactly(1L, 2L, 3L);
          assertThat(begun.next()).isEqualTo(1);
        });
  }

  @Test
  void anotherObject_isRefused() {
    CompletableFuture<Sql> leaked = new CompletableFuture<>();
    event(self -> leaked.complete(self.database()));
    test.script(
        "use",
        self -> {
          List<Throwable> seen = new ArrayList<>();
          uses(get(leaked)).forEach(use -> seen.add(catchThrowable(use)));
          assertThat(seen).allMatch(IllegalStateException.class::isInstance);
          return "refused";
        });
    assertThat(get(test.call("b", "use"))).isEqualTo("refused");
  }

  @Test
  void rowsOfAnEarlierEvent_areNotReadOn() {
    List<SqlRows> kept = new ArrayList<>();
    sql(sql -> kept.add(sql.query(ROWS)));
    event(
        self ->
            assertThatIllegalStateException()
                .isThrownBy(() -> kept.getFirst().list(Long.class))
                .withMessageContaining("the turn has ended; run it again"));
  }

  @Test
  void rowsThatWereReadToTheirEnd_areForgottenWithoutTrouble() {
    test.script(
        "waits",
        self -> {
          SqlRows rows = self.database().query(ROWS);
          assertThat(rows.list(Long.class)).hasSize(3);
          self.context().sleep(Duration.ofMillis(1));
          rows.close();
          return "ended";
        });
    assertThat(test.getAsTimePasses(test.call("a", "waits"))).isEqualTo("ended");
  }

  @Test
  void textThatHidesStatementsInAParameter_isSeenAsSqliteSeesIt() {
    sql(
        sql -> {
          String hidden = "SELECT $a('); COMMIT; --')";
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.exec(hidden))
              .withMessageContaining("COMMIT is not for an object");
          try (var connection = sql.dataSource().getConnection();
              var statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.executeUpdate(hidden))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("COMMIT is not for an object");
          }
          sql.exec("CREATE TABLE t(a)");
        });
    sql(sql -> assertThat(number(sql, "SELECT count(*) FROM t")).isZero());
  }

  @Test
  void activationThatIsOver_isRefused() {
    sql(sql -> sql.exec("CREATE TABLE t(a)"));
    CompletableFuture<List<Throwable>> seen = new CompletableFuture<>();
    CompletableFuture<Sql> leaked = new CompletableFuture<>();
    Throwable failure =
        failing(
            self -> {
              Sql sql = self.database();
              leaked.complete(sql);
              SqlRows rows = sql.query(ROWS);
              sql.exec("INSERT INTO t VALUES (1)");
              List<Throwable> after = new ArrayList<>();
              after.add(catchThrowable(() -> self.context().abort("enough")));
              uses(sql).forEach(use -> after.add(catchThrowable(use)));
              after.add(catchThrowable(() -> sql.exec("INSERT INTO t VALUES (2)")));
              after.add(catchThrowable(() -> rows.list(Long.class)));
              seen.complete(after);
            });
    assertThat(failure).isInstanceOf(ObjectResetException.class);
    assertThat(get(seen)).allMatch(Error.class::isInstance);
    event(
        self -> {
          assertThat(number(self.database(), "SELECT count(*) FROM t")).isZero();
          uses(get(leaked))
              .forEach(use -> assertThat(catchThrowable(use)).isInstanceOf(Error.class));
        });
  }
}
