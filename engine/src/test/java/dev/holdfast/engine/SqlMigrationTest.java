// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Sql;
import dev.holdfast.SqlException;
import org.junit.jupiter.api.Test;

/** A database is brought to its latest form step by step, each step once. */
class SqlMigrationTest extends SqlSuite {
  private static final String FIRST = "CREATE TABLE t(a); INSERT INTO t VALUES (1)";
  private static final String SECOND = "ALTER TABLE t ADD COLUMN b; UPDATE t SET b = a + 1";
  private static final String WRONG = "INSERT INTO t(a) VALUES (9); nonsense";

  private static String rows(Sql sql) {
    return sql.query("SELECT * FROM t").maps().toString();
  }

  @Test
  void eachStep_runsOnce_inOrder() {
    sql(
        sql -> {
          sql.migrate();
          sql.migrate(FIRST);
          sql.migrate(FIRST);
          assertThat(rows(sql)).isEqualTo("[{a=1}]");
        });
    test.restart();
    test.onConstruction(self -> self.database().migrate(FIRST, SECOND));
    for (int i = 0; i < 2; i++) {
      sql(sql -> assertThat(rows(sql)).isEqualTo("[{a=1, b=2}]"));
      test.letSleep();
    }
    sql(sql -> assertThat(number(sql, "PRAGMA user_version")).isEqualTo(2));
  }

  @Test
  void stepThatFails_isUndone_andThoseBeforeItStay() {
    sql(
        sql -> {
          assertThatThrownBy(() -> sql.migrate(FIRST, WRONG, SECOND))
              .isInstanceOf(SqlException.class);
          assertThat(rows(sql)).isEqualTo("[{a=1}]");
          assertThat(number(sql, "PRAGMA user_version")).isEqualTo(1);
          sql.migrate(FIRST, SECOND);
          assertThat(rows(sql)).isEqualTo("[{a=1, b=2}]");
        });
  }

  @Test
  void databaseOfNewerCode_isLeftAlone() {
    sql(sql -> sql.migrate(FIRST, SECOND));
    test.letSleep();
    sql(
        sql ->
            assertThatIllegalStateException()
                .isThrownBy(() -> sql.migrate(FIRST))
                .withMessageContaining("Scripted/a")
                .withMessageContaining("has seen 2 steps of migration, and this code has 1"));
  }

  @Test
  void stepsOfATransactionThatIsRolledBack_areToBeRunAgain() {
    event(
        self -> {
          self.store()
              .transaction(
                  () -> {
                    self.database().migrate(FIRST);
                    self.store().rollback();
                  });
          self.database().migrate(FIRST);
          assertThat(rows(self.database())).isEqualTo("[{a=1}]");
          self.store().deleteAll();
          self.database().migrate(FIRST, SECOND);
          assertThat(rows(self.database())).isEqualTo("[{a=1, b=2}]");
        });
  }

  @Test
  void constructorWhoseStepFails_failsTheCall_andIsTriedAgain() {
    test.onConstruction(
        self -> self.database().migrate(self.activation() == 1 ? "nonsense" : FIRST));
    assertThat(failing(self -> {})).hasMessageContaining("nonsense");
    sql(sql -> assertThat(rows(sql)).isEqualTo("[{a=1}]"));
  }
}
