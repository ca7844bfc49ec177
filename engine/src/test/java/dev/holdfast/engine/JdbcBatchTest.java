// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.LimitExceededException;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A batch is done as a whole, or not at all. */
class JdbcBatchTest extends JdbcSuite {

  @Test
  void batches_runAllTheirStatements() {
    String counts =
        with(
            (self, connection) -> {
              try (PreparedStatement insert =
                      connection.prepareStatement("INSERT INTO t(v) VALUES (?)");
                  Statement statement = connection.createStatement()) {
                for (String value : List.of("a", "b", "c")) {
                  insert.setString(1, value);
                  insert.addBatch();
                }
                assertThat(insert.executeBatch()).containsExactly(1, 1, 1);
                assertThat(insert.executeBatch()).isEmpty();
                statement.addBatch("UPDATE t SET v = v || '!'");
                statement.addBatch("DELETE FROM t WHERE v = 'b!'");
                assertThat(statement.executeBatch()).containsExactly(3, 1);
                statement.addBatch("DELETE FROM t");
                statement.clearBatch();
                assertThat(statement.executeBatch()).isEmpty();
              }
              return values(self);
            });
    assertThat(counts).isEqualTo("[a!, c!]");
  }

  @Test
  void batchThatFails_leavesNothing_andTheObjectLives() {
    with(
        (self, connection) -> {
          try (PreparedStatement insert =
              connection.prepareStatement("INSERT INTO t(v) VALUES (?)")) {
            for (String value : List.of("a", "a", "b")) {
              insert.setString(1, value);
              insert.addBatch();
            }
            assertThatThrownBy(insert::executeBatch)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("UNIQUE constraint failed: t.v");
          }
          return "";
        });
    assertThat(values()).isEqualTo("[]");
    assertSameActivation();
  }

  @Test
  void batchThatIsNotRunForAnotherTransaction_isGone() {
    run(
        "two",
        self -> {
          DataSource source = self.database().dataSource();
          try (Connection one = source.getConnection();
              Connection other = source.getConnection();
              PreparedStatement prepared = other.prepareStatement("INSERT INTO t(v) VALUES (?)");
              Statement statement = other.createStatement()) {
            prepared.setString(1, "a");
            prepared.addBatch();
            statement.addBatch("INSERT INTO t(v) VALUES ('b')");
            one.setAutoCommit(false);
            for (Statement refused : List.of(prepared, statement)) {
              assertThatThrownBy(refused::executeBatch)
                  .isInstanceOf(SQLException.class)
                  .hasMessageContaining("another connection of its data source");
            }
            one.commit();
            for (Statement empty : List.of(prepared, statement)) {
              assertThat(empty.executeBatch()).isEmpty();
              assertThat(empty.executeLargeBatch()).isEmpty();
            }
            one.setAutoCommit(true);
            prepared.setString(1, "c");
            prepared.addBatch();
            one.setAutoCommit(false);
            assertThatThrownBy(prepared::executeBatch).isInstanceOf(SQLException.class);
            one.commit();
            prepared.setString(1, "d");
            prepared.addBatch();
            assertThat(prepared.executeBatch()).containsExactly(1);
            statement.addBatch("INSERT INTO t(v) VALUES ('e')");
            assertThat(statement.executeLargeBatch()).containsExactly(1);
          }
          return "";
        });
    assertThat(values()).isEqualTo("[d, e]");
    assertSameActivation();
  }

  @Test
  void emptyBatch_leavesTheParametersThatAreSet() {
    with(
        (self, connection) -> {
          try (PreparedStatement insert =
              connection.prepareStatement("INSERT INTO t(v) VALUES (?)")) {
            insert.setString(1, "a");
            assertThat(insert.executeBatch()).isEmpty();
            assertThat(insert.executeUpdate()).isEqualTo(1);
          }
          return "";
        });
    assertThat(values()).isEqualTo("[a]");
  }

  @Test
  void settingInABatch_isRefused_sinceItWouldStayIfTheBatchFails() {
    with(
        (self, connection) -> {
          try (Statement statement = connection.createStatement();
              PreparedStatement setting =
                  connection.prepareStatement("PRAGMA legacy_alter_table=ON")) {
            assertThatThrownBy(() -> statement.addBatch("PRAGMA case_sensitive_like=ON"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("run this by itself: PRAGMA case_sensitive_like=ON");
            assertThatThrownBy(setting::addBatch)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("run this by itself");
            assertThat(statement.executeBatch()).isEmpty();
          }
          assertThat(self.database().query("SELECT 'a' LIKE 'A'").one(Long.class)).isEqualTo(1);
          return "";
        });
    assertSameActivation();
  }

  private void failing(String failing) {
    with(
        (self, connection) -> {
          update(connection, "INSERT INTO t(v) VALUES ('before')");
          try (Statement statement = connection.createStatement()) {
            statement.addBatch("INSERT INTO t(v) VALUES ('first')");
            statement.addBatch("INSERT INTO large VALUES (1)");
            statement.addBatch(failing);
            assertThatThrownBy(statement::executeBatch)
                .isInstanceOfSatisfying(
                    BatchUpdateException.class,
                    undone -> assertThat(undone.getUpdateCounts()).isEmpty())
                .hasMessageContaining("constraint failed");
            statement.addBatch("INSERT INTO t(v) VALUES ('after')");
            assertThat(statement.executeBatch()).containsExactly(1);
          }
          return "";
        });
    assertThat(values()).isEqualTo("[before, after]");
    test.restart();
    assertThat(values()).isEqualTo("[before, after]");
    assertThat(
            run(
                "large",
                self ->
                    String.valueOf(
                        self.database().query("SELECT count(*) FROM large").one(Long.class))))
        .isEqualTo("0");
  }

  @Test
  void batchWhoseLastStatementFails_leavesNothing() {
    failing("INSERT INTO t(v) VALUES ('x'), ('before')");
  }

  @Test
  void batchWhoseLastStatementFailsAfterSomeRows_leavesNothing() {
    failing("INSERT OR FAIL INTO t(v) VALUES ('x'), ('y'), ('before')");
  }

  @Test
  void batchWhoseLastStatementIsFailedByATrigger_leavesNothing() {
    run(
        "trigger",
        self ->
            String.valueOf(
                self.database()
                    .exec(
                        "CREATE TRIGGER no AFTER INSERT ON t WHEN new.v = 'y' BEGIN"
                            + " SELECT RAISE(FAIL, 'constraint failed: y'); END")));
    failing("INSERT INTO t(v) VALUES ('x'), ('y')");
  }

  @Test
  void preparedBatchOfSeveralRowsEach_leavesNothing() {
    with(
        (self, connection) -> {
          try (PreparedStatement insert =
              connection.prepareStatement("INSERT OR FAIL INTO t(v) VALUES (?), (?)")) {
            for (String value : List.of("a", "b", "a")) {
              insert.setString(1, value);
              insert.setString(2, value + "2");
              insert.addBatch();
            }
            insert.setString(1, "c");
            insert.setString(2, "b");
            insert.addBatch();
            assertThatThrownBy(insert::executeBatch).isInstanceOf(SQLException.class);
          }
          return "";
        });
    assertThat(values()).isEqualTo("[]");
    assertSameActivation();
  }

  @Test
  void batchInATransaction_leavesWhatWasWrittenThereBefore() {
    with(
        (self, connection) -> {
          connection.setAutoCommit(false);
          update(connection, "INSERT INTO t(v) VALUES ('a')");
          try (Statement statement = connection.createStatement()) {
            statement.addBatch("INSERT INTO t(v) VALUES ('b')");
            statement.addBatch("INSERT OR FAIL INTO t(v) VALUES ('c'), ('a')");
            assertThatThrownBy(statement::executeBatch).isInstanceOf(SQLException.class);
          }
          connection.commit();
          return "";
        });
    assertThat(values()).isEqualTo("[a]");
  }

  @Test
  void batchBeyondALimit_leavesNothing() {
    with(
        (self, connection) -> {
          try (Statement statement = connection.createStatement()) {
            statement.addBatch("INSERT INTO t(v) VALUES ('a')");
            statement.addBatch("INSERT INTO large VALUES (zeroblob(%d))".formatted(DATABASE_BYTES));
            assertThatThrownBy(statement::executeBatch)
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("limits.sql-database-bytes");
            statement.addBatch("INSERT INTO t(v) VALUES ('a')");
            statement.addBatch("INSERT INTO large VALUES (zeroblob(1000000000))");
            assertThatThrownBy(statement::executeBatch)
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("a value or row is larger than");
          }
          return "";
        });
    assertThat(values()).isEqualTo("[]");
    assertSameActivation();
  }

  @Test
  void whatAConflictDoes_isWhatTheStatementSays() {
    with(
        (self, connection) -> {
          update(connection, "INSERT INTO t VALUES (1, 'a')");
          update(connection, "INSERT OR IGNORE INTO t VALUES (2, 'b'), (3, 'a'), (4, 'd')");
          update(connection, "INSERT OR REPLACE INTO t VALUES (5, 'a'), (6, 'f')");
          String fails = "INSERT OR %s INTO t VALUES (7, 'g'), (8, 'f')";
          for (String how : List.of("FAIL", "ABORT")) {
            assertThatThrownBy(() -> update(connection, fails.formatted(how)))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("UNIQUE constraint failed: t.v");
            assertThatThrownBy(() -> self.database().exec(fails.formatted(how)))
                .hasMessageContaining("UNIQUE constraint failed: t.v");
          }
          assertThatThrownBy(() -> update(connection, fails.formatted("ROLLBACK")))
              .isInstanceOf(SQLException.class)
              .hasMessageContaining("ABORT");
          batch(connection, "INSERT OR IGNORE INTO t VALUES (9, 'f'), (10, 'h')");
          batch(connection, "INSERT OR REPLACE INTO t VALUES (11, 'h')");
          return "";
        });
    assertThat(values()).isEqualTo("[b, d, a, f, h]");
    assertSameActivation();
  }

  private static void batch(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.addBatch(sql);
      assertThat(statement.executeBatch()).containsExactly(1);
    }
  }
}
