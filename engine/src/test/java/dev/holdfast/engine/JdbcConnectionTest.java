// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ObjectResetException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What connections by JDBC tell of the database, and when they end. */
class JdbcConnectionTest extends JdbcSuite {

  // ---------------------------------------------------------------- metadata

  @Test
  void metadata_tellsOfTheTables() {
    assertThat(
            with(
                (self, connection) -> {
                  DatabaseMetaData told = connection.getMetaData();
                  assertThat(told.getDatabaseProductName()).isEqualTo("SQLite");
                  List<String> columns = new ArrayList<>();
                  try (ResultSet rows = told.getColumns(null, null, "t", null)) {
                    while (rows.next()) {
                      columns.add(rows.getString("COLUMN_NAME"));
                    }
                  }
                  try (ResultSet rows = told.getPrimaryKeys(null, null, "t")) {
                    rows.next();
                    columns.add(rows.getString("COLUMN_NAME"));
                  }
                  return columns.toString();
                }))
        .isEqualTo("[n, v, n]");
  }

  @Test
  void rowsOfMetadataThatAreNotReadToTheEnd_doNotOutliveTheConnection() {
    AtomicReference<ResultSet> left = new AtomicReference<>();
    run(
        "leave",
        self -> {
          Connection connection = self.database().dataSource().getConnection();
          ResultSet rows = connection.getMetaData().getTables(null, null, null, null);
          rows.next();
          left.set(rows);
          self.database().exec("INSERT INTO t(v) VALUES ('a')");
          return "";
        });
    run(
        "after",
        self -> {
          ResultSet rows = left.get();
          assertThatThrownBy(rows::next).isInstanceOf(SQLException.class);
          rows.close();
          return "";
        });
    test.letSleep();
    assertThat(values()).isEqualTo("[a]");
  }

  // ---------------------------------------------------------------- the end

  @Test
  void connection_endsWithTheTurn_andCanStillBeClosed() {
    AtomicReference<Connection> left = new AtomicReference<>();
    AtomicReference<PreparedStatement> prepared = new AtomicReference<>();
    AtomicReference<ResultSet> read = new AtomicReference<>();
    run(
        "wait",
        self -> {
          try (Connection connection = self.database().dataSource().getConnection();
              PreparedStatement insert =
                  connection.prepareStatement("INSERT INTO t(v) VALUES ('a')")) {
            insert.executeUpdate();
            PreparedStatement query = connection.prepareStatement("SELECT n FROM t");
            ResultSet rows = query.executeQuery();
            left.set(connection);
            prepared.set(query);
            read.set(rows);
            self.context().sleep(Duration.ZERO);
            assertEnded(connection, query, rows);
            assertThat(insert.isClosed()).isTrue();
          }
          return "";
        });
    run(
        "later",
        self -> {
          assertEnded(left.get(), prepared.get(), read.get());
          return "";
        });
    assertThat(values()).isEqualTo("[a]");
    assertSameActivation();
  }

  private static void assertEnded(Connection connection, PreparedStatement query, ResultSet rows)
      throws SQLException {
    assertThat(connection.isClosed()).isTrue();
    assertThat(connection.isValid(1)).isFalse();
    assertThat(query.isClosed()).isTrue();
    assertThat(rows.isClosed()).isTrue();
    assertThatThrownBy(connection::createStatement)
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("Scripted/a")
        .hasMessageContaining("one ends with the turn");
    assertThatThrownBy(query::executeQuery).isInstanceOf(SQLException.class);
    assertThatThrownBy(rows::next).isInstanceOf(SQLException.class);
    rows.close();
    query.close();
    connection.close();
  }

  @Test
  void closingTwice_doesNothing() {
    with(
        (self, connection) -> {
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT 1");
          rows.close();
          rows.close();
          statement.close();
          statement.close();
          connection.close();
          connection.close();
          return "";
        });
  }

  @Test
  void manyConnectionsAndStatements_leaveNothingOpen() {
    run(
        "many",
        self -> {
          DataSource source = self.database().dataSource();
          for (int i = 0; i < 2_000; i++) {
            Connection connection = source.getConnection();
            Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery("SELECT count(*) FROM t");
            assertThat(rows.next()).isTrue();
            if (i % 2 == 0) {
              connection.close();
              assertThat(statement.isClosed()).isTrue();
              assertThat(rows.isClosed()).isTrue();
            }
          }
          return "";
        });
    run("drop", self -> String.valueOf(self.database().exec("DROP TABLE t; DROP TABLE large")));
    test.letSleep();
    assertThat(
            run(
                "tables",
                self ->
                    self.database()
                        .query("SELECT count(*) FROM sqlite_schema")
                        .list(Long.class)
                        .toString()))
        .isEqualTo("[0]");
  }

  @Test
  void deleteAll_endsConnections_andAnotherFindsAnEmptyDatabase() {
    assertThat(
            run(
                "delete",
                self -> {
                  DataSource source = self.database().dataSource();
                  try (Connection before = source.getConnection();
                      PreparedStatement query = before.prepareStatement("SELECT n FROM t")) {
                    ResultSet rows = query.executeQuery();
                    update(before, "INSERT INTO t(v) VALUES ('a')");
                    self.store().deleteAll();
                    assertThat(before.isClosed()).isTrue();
                    assertThatThrownBy(query::executeQuery).isInstanceOf(SQLException.class);
                    assertThatThrownBy(rows::next).isInstanceOf(SQLException.class);
                  }
                  try (Connection after = source.getConnection();
                      ResultSet tables = after.getMetaData().getTables(null, null, "t", null)) {
                    assertThat(tables.next()).isFalse();
                    update(after, "CREATE TABLE u(x)");
                  }
                  return self.database()
                      .query("SELECT name FROM sqlite_schema")
                      .list(String.class)
                      .toString();
                }))
        .isEqualTo("[u]");
    assertSameActivation();
  }

  @Test
  void connectionOfAnActivationThatIsOver_failsAndIsOfNoUseToTheNext() {
    AtomicReference<Connection> left = new AtomicReference<>();
    test.script(
        "abort",
        self -> {
          try (Connection connection = self.database().dataSource().getConnection();
              Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO t(v) VALUES ('a')");
            left.set(connection);
            self.context().abort("enough");
          }
          return "";
        });
    assertThat(failure(test.call("a", "abort"))).isInstanceOf(ObjectResetException.class);
    assertThat(
            run(
                "next",
                self -> {
                  try {
                    left.get().createStatement();
                    return "worked";
                  } catch (Throwable e) {
                    return values(self);
                  }
                }))
        .isEqualTo("[]");
  }

  @Test
  void threadsThatDoNotRunTheObject_areRefused() {
    with(
        (self, connection) -> {
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery("SELECT 1")) {
            DataSource source = self.database().dataSource();
            assertForeign(source::getConnection);
            assertForeign(connection::createStatement);
            assertForeign(connection::close);
            assertForeign(connection::getMetaData);
            assertForeign(() -> statement.execute("DELETE FROM t"));
            assertForeign(statement::close);
            assertForeign(rows::next);
            assertForeign(rows::close);
            assertThat(rows.next()).isTrue();
          }
          return "";
        });
    assertSameActivation();
  }

  private void assertForeign(ThrowingCallable use) {
    String seen =
        get(
            test.worker(
                () -> {
                  assertThatThrownBy(use)
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageContaining("a thread that does not run its code");
                  return "refused";
                }));
    assertThat(seen).isEqualTo("refused");
  }
}
