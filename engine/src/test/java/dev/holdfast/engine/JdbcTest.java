// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.LimitExceededException;
import dev.holdfast.ObjectResetException;
import dev.holdfast.engine.sql.SqlLimits;
import dev.holdfast.engine.sql.SqlOptions;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The SQL database of an object by way of JDBC. */
class JdbcTest extends EngineSuite {
  private static final int DATABASE_BYTES = 1 << 20;

  /** What an object does with a connection. */
  @FunctionalInterface
  private interface Use {
    String of(Scripted self, Connection connection) throws Exception;
  }

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    SqlLimits limits = SqlLimits.DEFAULT;
    return defaults.withSql(
        SqlOptions.DEFAULT.withLimits(
            new SqlLimits(
                DATABASE_BYTES,
                10_000,
                limits.likeBytes(),
                limits.parameters(),
                limits.openDatabases())));
  }

  @BeforeEach
  void create() {
    run(
        "create",
        self -> {
          self.memory = 7;
          self.database()
              .exec("CREATE TABLE t(n INTEGER PRIMARY KEY, v TEXT UNIQUE); CREATE TABLE large(x)");
          return "";
        });
  }

  private String run(String name, Script script) {
    test.script(name, script);
    return test.getAsTimePasses(test.call("a", name));
  }

  /** Runs with a connection, which is closed then. */
  private String with(Use use) {
    return run(
        "use",
        self -> {
          try (Connection connection = self.database().dataSource().getConnection()) {
            return use.of(self, connection);
          }
        });
  }

  private String values() {
    return run("values", JdbcTest::values);
  }

  static String values(Scripted self) {
    return self.database().query("SELECT v FROM t ORDER BY n").list(String.class).toString();
  }

  /** The object was not reset by what happened. */
  private void assertSameActivation() {
    assertThat(run("memory", self -> String.valueOf(self.memory))).isEqualTo("7");
  }

  static void update(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

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
  void batchThatFails_endsThere_andTheObjectLives() {
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
    assertThat(values()).isEqualTo("[a]");
    assertSameActivation();
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
