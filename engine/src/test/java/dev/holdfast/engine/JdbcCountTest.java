// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What JDBC tells of how many rows a statement has changed is what that statement has changed. */
class JdbcCountTest extends JdbcSuite {
  private static final String INSERT = "INSERT INTO t(v) VALUES ('a'), ('b'), ('c')";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE u(a)",
        "CREATE TABLE u AS SELECT * FROM t",
        "CREATE VIRTUAL TABLE u USING fts5(a)",
        "ALTER TABLE t ADD w",
        "DROP TABLE t",
        "CREATE INDEX i ON t(v)",
        "REINDEX",
        "ANALYZE",
        "PRAGMA user_version=5",
        "PRAGMA defer_foreign_keys=ON",
        "UPDATE t SET v = 'd' WHERE n > 3",
        "WITH x(a) AS (SELECT 4) DELETE FROM t WHERE n IN (SELECT a FROM x)"
      })
  void statementThatChangesNoRows_countsNone_whateverWasChangedBefore(String sql) {
    undone(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            assertThat(statement.execute(sql)).isFalse();
            assertCountsNone(statement);
          }
        });
    undone(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isZero();
            assertCountsNone(statement);
          }
        });
    undone(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            assertThat(statement.execute()).isFalse();
            assertCountsNone(statement);
          }
        });
    undone(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            assertThat(statement.executeLargeUpdate()).isZero();
            assertCountsNone(statement);
          }
        });
    assertSameActivation();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE u(a)",
        "ANALYZE",
        "PRAGMA user_version=5",
        "UPDATE t SET v = v || '!' WHERE n > 3"
      })
  void statementOfABatch_countsNone_ifItChangesNoRows(String sql) {
    undone(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.addBatch("DELETE FROM t WHERE n > 1");
            statement.addBatch(sql);
            statement.addBatch("REINDEX");
            assertThat(statement.executeBatch()).containsExactly(2, 0, 0);
          }
        });
    assertSameActivation();
  }

  @Test
  void statementThatIsPreparedForABatch_countsNone_ifItChangesNoRows() {
    undone(
        connection -> {
          try (PreparedStatement create = connection.prepareStatement("CREATE TABLE u(a)")) {
            create.addBatch();
            assertThat(create.executeLargeBatch()).containsExactly(0);
          }
        });
    assertSameActivation();
  }

  /** What is done with a connection. */
  @FunctionalInterface
  private interface Action {
    void on(Connection connection) throws SQLException;
  }

  /** Has it done after an update of three rows, in a transaction that is rolled back. */
  private void undone(Action action) {
    with(
        (self, connection) -> {
          connection.setAutoCommit(false);
          update(connection, INSERT);
          action.on(connection);
          connection.rollback();
          return "";
        });
    assertThat(values()).isEqualTo("[]");
  }

  private static void assertCountsNone(Statement statement) throws SQLException {
    assertThat(statement.getUpdateCount()).isZero();
    assertThat(statement.getLargeUpdateCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO logged VALUES (1)",
        "DELETE FROM parent WHERE n = 1",
        "UPDATE parent SET n = 5 WHERE n = 1",
        "INSERT INTO words VALUES ('to be')",
        "REPLACE INTO parent VALUES (1)",
        "WITH x(a) AS (SELECT 1) DELETE FROM parent WHERE n IN (SELECT a FROM x)"
      })
  void statement_countsTheRowsThatItChangesItself_howeverItIsRun(String sql) {
    run(
        "tables",
        self ->
            String.valueOf(
                self.database()
                    .exec(
                        """
                        CREATE TABLE logged(a);
                        CREATE TRIGGER log AFTER INSERT ON logged BEGIN
                          INSERT INTO large VALUES (new.a), (new.a);
                        END;
                        CREATE TABLE parent(n INTEGER PRIMARY KEY);
                        CREATE TABLE child(p REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE);
                        INSERT INTO parent VALUES (1), (2);
                        INSERT INTO child VALUES (1), (1), (2);
                        CREATE VIRTUAL TABLE words USING fts5(text)""")));
    counting(sql, Statement::executeUpdate);
    counting(sql, Statement::executeLargeUpdate);
    counting("SELECT 1; " + sql, Statement::executeUpdate);
    counting(
        sql,
        (statement, text) -> {
          assertThat(statement.execute(text)).isFalse();
          return statement.getUpdateCount();
        });
    counting(
        sql,
        (statement, text) -> {
          statement.addBatch(text);
          return statement.executeBatch()[0];
        });
    counting(sql, (statement, text) -> prepared(statement, text).executeUpdate());
    counting(
        sql,
        (statement, text) -> {
          PreparedStatement prepared = prepared(statement, text);
          assertThat(prepared.execute()).isFalse();
          return prepared.getLargeUpdateCount();
        });
    counting(
        sql,
        (statement, text) -> {
          PreparedStatement prepared = prepared(statement, text);
          prepared.addBatch();
          return prepared.executeLargeBatch()[0];
        });
    assertSameActivation();
  }

  /** A way to run a statement that tells how many rows it has changed. */
  @FunctionalInterface
  private interface Way {
    long run(Statement statement, String sql) throws SQLException;
  }

  private void counting(String sql, Way way) {
    undone(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            assertThat(way.run(statement, sql)).isEqualTo(1);
          }
        });
  }

  /** Ends with its connection. */
  private static PreparedStatement prepared(Statement by, String sql) throws SQLException {
    return by.getConnection().prepareStatement(sql);
  }

  @Test
  void count_isToldUntilTheStatementRunsAgainOrIsAskedForMore() {
    with(
        (self, connection) -> {
          try (Statement statement = connection.createStatement()) {
            assertThat(statement.getUpdateCount()).as("before it ran").isEqualTo(-1);
            assertThat(statement.execute("SELECT 1; " + INSERT)).isFalse();
            assertThat(statement.getUpdateCount()).isEqualTo(3);
            assertThat(statement.execute("SELECT 1")).isTrue();
            assertThat(statement.getUpdateCount()).as("rows").isEqualTo(-1);
            assertThat(statement.executeUpdate("UPDATE t SET v = v || 'x' WHERE n > 1"))
                .isEqualTo(2);
            assertThat(statement.getLargeUpdateCount()).isEqualTo(2);
            assertThat(statement.execute("DELETE FROM t WHERE n > 3")).isFalse();
            assertThat(statement.getMoreResults()).isFalse();
            assertThat(statement.getUpdateCount()).as("there is no more").isEqualTo(-1);
          }
          try (PreparedStatement delete =
              connection.prepareStatement("DELETE FROM t WHERE n > ?")) {
            delete.setInt(1, 1);
            assertThat(delete.executeUpdate()).isEqualTo(2);
            assertThat(delete.getUpdateCount()).isEqualTo(2);
            assertThat(delete.execute()).isFalse();
            assertThat(delete.getUpdateCount()).isZero();
          }
          return "";
        });
  }

  @Test
  void afterAnUpdate_thereAreNoRows_andNoMoreResults() {
    with(
        (self, connection) -> {
          try (Statement statement = connection.createStatement();
              PreparedStatement prepared = connection.prepareStatement("DELETE FROM t")) {
            assertNoRows(statement);
            assertThat(statement.executeUpdate(INSERT)).isEqualTo(3);
            assertNoRows(statement);
            statement.execute("DELETE FROM t WHERE n = 1");
            assertNoRows(statement);
            statement.addBatch("DELETE FROM t WHERE n = 2");
            statement.executeBatch();
            assertNoRows(statement);
            assertThat(prepared.executeUpdate()).isEqualTo(1);
            assertNoRows(prepared);
            assertThat(statement.execute("SELECT 1")).isTrue();
            try (ResultSet rows = statement.getResultSet()) {
              assertThat(rows.next()).isTrue();
              assertThat(statement.getMoreResults()).isFalse();
              assertThat(rows.isClosed()).isTrue();
            }
          }
          return "";
        });
    assertSameActivation();
  }

  private static void assertNoRows(Statement statement) throws SQLException {
    assertThat(statement.getResultSet()).isNull();
    assertThat(statement.getMoreResults(Statement.CLOSE_CURRENT_RESULT)).isFalse();
    assertThat(statement.getMoreResults()).isFalse();
    assertThat(statement.getUpdateCount()).isEqualTo(-1);
  }

  @Test
  void batch_isRun_thoughTheStatementRanSomethingElseMeanwhile() {
    with(
        (self, connection) -> {
          try (Statement statement = connection.createStatement()) {
            statement.addBatch(INSERT);
            try (ResultSet rows = statement.executeQuery("SELECT 1")) {
              assertThat(rows.next()).isTrue();
            }
            assertThat(statement.executeBatch()).containsExactly(3);
          }
          return "";
        });
    assertThat(values()).isEqualTo("[a, b, c]");
  }
}
