// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.LimitExceededException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SQL database of an object by way of JDBC. */
class JdbcTest extends JdbcSuite {

  // ---------------------------------------------------------------- statements

  @Test
  void whatIsWritten_isTheTurns_andSeenByTheObject() {
    String seen =
        with(
            (self, connection) -> {
              assertThat(connection.getAutoCommit()).isTrue();
              try (PreparedStatement insert =
                  connection.prepareStatement("INSERT INTO t(v) VALUES (?)")) {
                insert.setString(1, "a");
                assertThat(insert.executeUpdate()).isEqualTo(1);
                insert.setString(1, "b");
                assertThat(insert.executeUpdate()).isEqualTo(1);
              }
              return values(self);
            });
    assertThat(seen).isEqualTo("[a, b]");
    test.restart();
    assertThat(values()).isEqualTo("[a, b]");
  }

  @Test
  void generatedKeys_areThoseOfTheInsert() {
    assertThat(
            with(
                (self, connection) -> {
                  List<Long> keys = new ArrayList<>();
                  try (PreparedStatement insert =
                      connection.prepareStatement(
                          "INSERT INTO t(v) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
                    for (String value : List.of("a", "b")) {
                      insert.setString(1, value);
                      insert.executeUpdate();
                      try (ResultSet key = insert.getGeneratedKeys()) {
                        assertThat(key.getStatement().getConnection()).isEqualTo(connection);
                        assertThat(key.next()).isTrue();
                        keys.add(key.getLong(1));
                        assertThat(key.next()).isFalse();
                      }
                    }
                  }
                  return keys.toString();
                }))
        .isEqualTo("[1, 2]");
  }

  @Test
  void textOfSeveralStatements_runsAllOfThem() {
    with(
        (self, connection) -> {
          try (Statement statement = connection.createStatement()) {
            assertThat(
                    statement.execute(
                        "INSERT INTO t(v) VALUES ('a'); INSERT INTO t(v) VALUES ('b')"))
                .isFalse();
            assertThat(
                    statement.executeUpdate(
                        "INSERT INTO t(v) VALUES ('c'); INSERT INTO t(v) VALUES ('d');"))
                .isPositive();
            try (ResultSet rows =
                statement.executeQuery("INSERT INTO t(v) VALUES ('e'); SELECT count(*) FROM t")) {
              rows.next();
              assertThat(rows.getLong(1)).isEqualTo(5);
            }
          }
          return "";
        });
    assertThat(values()).isEqualTo("[a, b, c, d, e]");
  }

  @Test
  void severalStatements_areNotPreparedAndNotAddedToABatchAsOne() {
    with(
        (self, connection) -> {
          String two = "DELETE FROM t; DELETE FROM t";
          assertThatThrownBy(() -> connection.prepareStatement(two))
              .isInstanceOf(SQLException.class)
              .hasMessageContaining("one by one");
          try (Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.addBatch(two))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("one by one");
          }
          return "";
        });
  }

  @Test
  void queryThatWritesAndReturnsNothing_isRefusedBeforeItWrites() {
    with(
        (self, connection) -> {
          try (Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.executeQuery("INSERT INTO t(v) VALUES ('a')"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("executeUpdate");
          }
          return "";
        });
    assertThat(values()).isEqualTo("[]");
  }

  // ---------------------------------------------------------------- RETURNING

  @Test
  void returning_answersWhatWasWritten() {
    assertThat(
            with(
                (self, connection) -> {
                  List<String> seen = new ArrayList<>();
                  try (PreparedStatement insert =
                      connection.prepareStatement(
                          "INSERT INTO t(v) VALUES ('a'), ('b') RETURNING n, v")) {
                    assertThat(insert.execute()).isTrue();
                    try (ResultSet rows = insert.getResultSet()) {
                      while (rows.next()) {
                        seen.add(rows.getLong("n") + rows.getString("v"));
                      }
                    }
                  }
                  return seen.toString();
                }))
        .isEqualTo("[1a, 2b]");
    assertThat(values()).isEqualTo("[a, b]");
  }

  @Test
  void returningOfWhichTheFirstRowIsRead_keepsNothingFromGoingOn() {
    with(
        (self, connection) -> {
          try (PreparedStatement insert =
              connection.prepareStatement("INSERT INTO t(v) VALUES (?), (?) RETURNING n")) {
            for (String value : List.of("a", "b")) {
              insert.setString(1, value);
              insert.setString(2, value + value);
              ResultSet rows = insert.executeQuery();
              assertThat(rows.next()).isTrue();
            }
            update(connection, "INSERT INTO t(v) VALUES ('c')");
            self.database().exec("INSERT INTO t(v) VALUES ('d')");
            insert.setString(1, "e");
            insert.setString(2, "ee");
            ResultSet rows = insert.executeQuery();
            self.store().transaction(() -> self.database().exec("INSERT INTO t(v) VALUES ('f')"));
            assertThatThrownBy(rows::next)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("read all of them first");
            insert.setString(1, "g");
            insert.setString(2, "gg");
            insert.execute();
          }
          try (Statement statement = connection.createStatement()) {
            ResultSet before =
                statement.executeQuery("INSERT INTO t(v) VALUES ('h'), ('hh') RETURNING n");
            ResultSet rows = statement.executeQuery("SELECT v FROM t WHERE v LIKE 'h%'");
            rows.next();
            update(connection, "INSERT INTO t(v) VALUES ('i')");
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("hh");
            assertThat(before.isClosed()).isTrue();
            assertThatThrownBy(before::next)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("run again");
            before.close();
            assertThat(rows.getString(1)).isEqualTo("hh");
          }
          return "";
        });
    assertThat(values()).isEqualTo("[a, aa, b, bb, c, d, e, ee, f, g, gg, h, hh, i]");
    assertSameActivation();
    test.restart();
    assertThat(values()).isEqualTo("[a, aa, b, bb, c, d, e, ee, f, g, gg, h, hh, i]");
  }

  @Test
  void returningThatIsNeverRead_isCommittedWithTheTurn() {
    run(
        "leave",
        self -> {
          Connection connection = self.database().dataSource().getConnection();
          Statement statement = connection.createStatement();
          statement.executeQuery("INSERT INTO t(v) VALUES ('a'), ('b') RETURNING n");
          return "";
        });
    assertThat(values()).isEqualTo("[a, b]");
    assertSameActivation();
  }

  @Test
  void returning_isHeldToTheLimits() {
    with(
        (self, connection) -> {
          try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO t(v) VALUES ('a')");
            assertThatThrownBy(
                    () ->
                        statement.executeQuery(
                            "INSERT INTO large VALUES (zeroblob(%d)) RETURNING 1"
                                .formatted(DATABASE_BYTES)))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("limits.sql-database-bytes");
            statement.executeUpdate("INSERT INTO t(v) VALUES ('b')");
          }
          return "";
        });
    assertThat(values()).isEqualTo("[a, b]");
    assertSameActivation();
  }

  // ---------------------------------------------------------------- what is refused

  @ParameterizedTest
  @ValueSource(strings = {"PRAGMA user_version=5", "DELETE FROM t", "SELECT v FROM t"})
  void preparedStatement_runsNoOtherText(String prepared) {
    String insert = "INSERT INTO t(v) VALUES ('a')";
    with(
        (self, connection) -> {
          try (PreparedStatement statement = connection.prepareStatement(prepared)) {
            for (ThrowingCallable use :
                List.<ThrowingCallable>of(
                    () -> statement.execute(insert),
                    () -> statement.executeQuery("SELECT 1"),
                    () -> statement.executeUpdate(insert),
                    () -> statement.executeUpdate(insert, Statement.RETURN_GENERATED_KEYS),
                    () -> statement.executeLargeUpdate(insert),
                    () -> statement.addBatch(insert))) {
              assertThatThrownBy(use)
                  .isInstanceOf(SQLException.class)
                  .hasMessageContaining(prepared)
                  .hasMessageContaining("createStatement");
            }
            assertThat(statement.executeBatch()).isEmpty();
          }
          return "";
        });
    assertThat(values()).isEqualTo("[]");
    assertSameActivation();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PRAGMA user_version=5", "INSERT INTO t(v) VALUES ('a')"})
  void statementThatIsClosed_doesNothing(String sql) {
    with(
        (self, connection) -> {
          PreparedStatement prepared = connection.prepareStatement(sql);
          Statement statement = connection.createStatement();
          statement.addBatch(sql);
          prepared.close();
          statement.close();
          for (ThrowingCallable use :
              List.<ThrowingCallable>of(
                  prepared::execute,
                  prepared::executeUpdate,
                  prepared::executeLargeUpdate,
                  prepared::executeBatch,
                  prepared::addBatch,
                  prepared::getParameterMetaData,
                  prepared::getUpdateCount,
                  prepared::getResultSet,
                  () -> statement.execute(sql),
                  () -> statement.executeUpdate(sql),
                  () -> statement.executeQuery("SELECT 1"),
                  () -> statement.addBatch(sql),
                  statement::executeBatch,
                  statement::clearBatch,
                  statement::getUpdateCount)) {
            assertThatThrownBy(use)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("statement is closed");
          }
          prepared.close();
          assertThat(prepared.isClosed()).isTrue();
          try (Statement open = connection.createStatement();
              ResultSet version = open.executeQuery("PRAGMA user_version")) {
            assertThat(version.getLong(1)).isZero();
          }
          return "";
        });
    assertThat(values()).isEqualTo("[]");
    assertSameActivation();
  }

  @Test
  void sqlThatIsNotForObjects_isAnSqlException() {
    with(
        (self, connection) -> {
          try (Statement statement = connection.createStatement()) {
            for (String sql :
                List.of(
                    "BEGIN",
                    "COMMIT",
                    "SELECT 1; ROLLBACK",
                    "SAVEPOINT level1",
                    "RELEASE statement",
                    "ATTACH ':memory:' AS x",
                    "PRAGMA journal_mode=DELETE",
                    "backup to '/tmp/x'",
                    "CREATE TEMP TABLE x(y)",
                    "")) {
              assertThatThrownBy(() -> statement.execute(sql))
                  .as(sql)
                  .isInstanceOf(SQLException.class);
              assertThatThrownBy(() -> statement.executeUpdate(sql))
                  .as(sql)
                  .isInstanceOf(SQLException.class);
              assertThatThrownBy(() -> statement.addBatch(sql))
                  .as(sql)
                  .isInstanceOf(SQLException.class);
              assertThatThrownBy(() -> connection.prepareStatement(sql))
                  .as(sql)
                  .isInstanceOf(SQLException.class);
            }
          }
          return "";
        });
    assertSameActivation();
  }

  @Test
  void violatedConstraint_isTheDriversException_andTheObjectLives() {
    with(
        (self, connection) -> {
          update(connection, "INSERT INTO t(v) VALUES ('a')");
          assertThatThrownBy(() -> update(connection, "INSERT INTO t(v) VALUES ('b'), ('a')"))
              .isInstanceOf(SQLException.class)
              .hasMessageContaining("UNIQUE constraint failed: t.v")
              .extracting(e -> ((SQLException) e).getErrorCode() & 0xff)
              .isEqualTo(19);
          assertThatThrownBy(() -> update(connection, "INSERT INTO missing VALUES (1)"))
              .isInstanceOf(SQLException.class)
              .hasMessageContaining("no such table");
          update(connection, "INSERT INTO t(v) VALUES ('c')");
          return "";
        });
    assertThat(values()).isEqualTo("[a, c]");
    assertSameActivation();
  }

  @Test
  void limits_holdForJdbcToo() {
    with(
        (self, connection) -> {
          String large = "SELECT '%s'".formatted("x".repeat(10_000));
          assertThatThrownBy(() -> connection.prepareStatement(large))
              .isInstanceOf(LimitExceededException.class)
              .hasMessageContaining("limits.sql-text-bytes");
          try (Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(large))
                .isInstanceOf(LimitExceededException.class);
          }
          assertThatThrownBy(
                  () ->
                      update(
                          connection,
                          "INSERT INTO large VALUES (zeroblob(%d))".formatted(DATABASE_BYTES)))
              .isInstanceOf(LimitExceededException.class)
              .hasMessageContaining("limits.sql-database-bytes");
          return "";
        });
    assertThat(values()).isEqualTo("[]");
    assertSameActivation();
  }

  @Test
  void whatDescribesRowsAndParameters_isNoWayToTheDriver() {
    with(
        (self, connection) -> {
          try (PreparedStatement select =
              connection.prepareStatement("SELECT v AS a FROM t WHERE n = ?")) {
            ParameterMetaData parameters = select.getParameterMetaData();
            ResultSetMetaData expected = select.getMetaData();
            assertThat(parameters.getParameterCount()).isEqualTo(1);
            assertThat(expected.getColumnLabel(1)).isEqualTo("a");
            assertThat(parameters).isNotInstanceOf(Statement.class);
            assertThat(expected).isNotInstanceOf(ResultSet.class);
            assertThatThrownBy(() -> parameters.unwrap(PreparedStatement.class))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("confined to its object");
            select.setInt(1, 1);
            try (ResultSet rows = select.executeQuery()) {
              ResultSetMetaData columns = rows.getMetaData();
              assertThat(columns.getColumnLabel(1)).isEqualTo("a");
              assertThat(columns).isNotInstanceOf(ResultSet.class);
              assertThat(columns.isWrapperFor(ResultSet.class)).isFalse();
            }
            try (ResultSet tables = connection.getMetaData().getTables(null, null, "t", null)) {
              assertThat(tables.getMetaData()).isNotInstanceOf(ResultSet.class);
            }
          }
          return "";
        });
  }

  @Test
  void whatDescribesRows_endsWithThem_whenTheirStatementIsRunAgain() {
    with(
        (self, connection) -> {
          try (Statement statement = connection.createStatement()) {
            ResultSetMetaData first = statement.executeQuery("SELECT 1 AS a").getMetaData();
            assertThat(first.getColumnLabel(1)).isEqualTo("a");
            ResultSetMetaData second = statement.executeQuery("SELECT 2 AS b, 3").getMetaData();
            assertThatThrownBy(() -> first.getColumnLabel(1))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("run again");
            assertThat(second.getColumnLabel(1)).isEqualTo("b");
          }
          return "";
        });
  }

  @Test
  void whatDescribesAStatement_endsWithIt() {
    with(
        (self, connection) -> {
          PreparedStatement select = connection.prepareStatement("SELECT v FROM t WHERE n = ?");
          ResultSetMetaData columns = select.getMetaData();
          ParameterMetaData parameters = select.getParameterMetaData();
          select.close();
          assertThatThrownBy(columns::getColumnCount)
              .isInstanceOf(SQLException.class)
              .hasMessageContaining("is closed");
          assertThatThrownBy(parameters::getParameterCount)
              .isInstanceOf(SQLException.class)
              .hasMessageContaining("is closed");
          return "";
        });
  }

  @Test
  void whatBelongsToTheDriver_isNotGivenOut() {
    with(
        (self, connection) -> {
          DataSource source = self.database().dataSource();
          assertThat(source.unwrap(DataSource.class)).isSameAs(source);
          assertThatThrownBy(() -> source.unwrap(org.sqlite.SQLiteDataSource.class))
              .isInstanceOf(SQLException.class);
          assertThat(connection.isWrapperFor(Connection.class)).isTrue();
          assertThat(connection.isWrapperFor(org.sqlite.SQLiteConnection.class)).isFalse();
          assertThatThrownBy(() -> connection.unwrap(org.sqlite.SQLiteConnection.class))
              .isInstanceOf(SQLException.class);
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery("SELECT 1")) {
            assertThatThrownBy(() -> statement.unwrap(org.sqlite.jdbc4.JDBC4Statement.class))
                .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> rows.unwrap(org.sqlite.jdbc4.JDBC4ResultSet.class))
                .isInstanceOf(SQLException.class);
            assertThat(rows.getStatement()).isEqualTo(statement);
            assertThat(rows.getStatement().getConnection()).isEqualTo(connection);
          }
          DatabaseMetaData told = connection.getMetaData();
          assertThatThrownBy(() -> told.unwrap(org.sqlite.jdbc4.JDBC4DatabaseMetaData.class))
              .isInstanceOf(SQLException.class);
          assertThat(told.getConnection()).isEqualTo(connection);
          assertThat(told.getURL()).isEqualTo("jdbc:sqlite:");
          return "";
        });
  }
}
