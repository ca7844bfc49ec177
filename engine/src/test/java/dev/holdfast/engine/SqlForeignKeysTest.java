// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.SqlException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Foreign keys are enforced at once, or at the end of the turn. */
class SqlForeignKeysTest extends SqlSuite {
  private static final String ORPHAN = "INSERT INTO c VALUES (1)";
  private static final String PARENT = "INSERT INTO p VALUES (1)";
  private static final String WAIT = "PRAGMA defer_foreign_keys = ON";

  @BeforeEach
  void tables() {
    sql(
        sql ->
            sql.exec(
                "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p REFERENCES p(id));"
                    + "CREATE TABLE n(a)"));
  }

  private void assertOrphans(long count) {
    sql(sql -> assertThat(number(sql, "SELECT count(*) FROM c")).isEqualTo(count));
  }

  @Test
  @Conformance("C-SQL-39")
  void orphan_isRefusedAtOnce_alsoInATransaction() {
    event(
        self -> {
          assertThatThrownBy(() -> self.database().exec(ORPHAN))
              .isInstanceOf(SqlException.class)
              .hasMessageContaining("FOREIGN KEY constraint failed")
              .extracting(e -> ((SqlException) e).code())
              .isEqualTo("SQLITE_CONSTRAINT_FOREIGNKEY");
          assertThatThrownBy(() -> self.store().transaction(() -> self.database().exec(ORPHAN)))
              .isInstanceOf(SqlException.class);
        });
    assertOrphans(0);
  }

  @Test
  void orphan_mayWaitForItsParent_ifTheTurnSaysSo() {
    for (int i = 0; i < 2; i++) {
      event(
          self -> {
            self.database().exec(WAIT);
            self.store()
                .transaction(
                    () -> {
                      self.database().exec(ORPHAN);
                      self.database().exec("INSERT OR IGNORE INTO p VALUES (1)");
                    });
          });
      sql(sql -> sql.exec("DELETE FROM c; DELETE FROM p"));
    }
    sql(sql -> assertThatThrownBy(() -> sql.exec(ORPHAN)).isInstanceOf(SqlException.class));
  }

  @Test
  void orphanThatWaits_andIsLeft_resetsTheObject() {
    Throwable failure =
        failing(
            self -> {
              self.database().exec("INSERT INTO n VALUES (1)");
              self.database().exec(WAIT);
              self.database().exec(ORPHAN);
            });
    assertThat(failure).hasMessageContaining("FOREIGN KEY");
    assertOrphans(0);
    sql(sql -> assertThat(number(sql, "SELECT count(*) FROM n")).isZero());
    sql(sql -> assertThatThrownBy(() -> sql.exec(ORPHAN)).isInstanceOf(SqlException.class));
  }

  @Test
  void orphanThatWaits_isForgottenWithItsTransaction() {
    event(
        self -> {
          self.database().exec(WAIT);
          self.store()
              .transaction(
                  () -> {
                    self.database().exec(ORPHAN);
                    self.store().rollback();
                  });
          self.database().exec("INSERT INTO n VALUES (1)");
        });
    assertOrphans(0);
    sql(sql -> assertThat(number(sql, "SELECT count(*) FROM n")).isEqualTo(1));
  }

  @Test
  void orphanThatWaits_andIsLeft_failsTheSyncThatEndsThePart() {
    Throwable failure =
        failing(
            self -> {
              self.database().exec(WAIT + "; " + ORPHAN);
              self.store().sync();
            });
    assertThat(failure).hasMessageContaining("FOREIGN KEY");
    assertOrphans(0);
  }

  @Test
  void children_goWithTheirParents() {
    sql(
        sql -> {
          sql.exec(PARENT);
          sql.exec(
              "CREATE TABLE d(p REFERENCES p(id) ON DELETE CASCADE); INSERT INTO d VALUES (1)");
          sql.exec(ORPHAN);
          assertThatThrownBy(() -> sql.exec("DELETE FROM p")).isInstanceOf(SqlException.class);
          sql.exec("DELETE FROM c; DELETE FROM p");
          assertThat(number(sql, "SELECT count(*) FROM d")).isZero();
        });
  }
}
