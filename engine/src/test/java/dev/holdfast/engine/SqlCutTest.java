// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.LimitExceededException;
import dev.holdfast.SqlException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A statement that fails takes nothing along that is not its own, and leaves nothing. */
class SqlCutTest extends EngineSuite {

  private String run(String name, Script script) {
    test.script(name, script);
    return test.getAsTimePasses(test.call("a", name));
  }

  /** Reads so much at once that SQLite makes room: it writes what the turn has written before. */
  private static String manyCursors() {
    return IntStream.range(0, 20)
            .mapToObj(
                i ->
                    "(SELECT length(v) AS l FROM big WHERE n = %d) c%d".formatted(700 + i * 100, i))
            .collect(Collectors.joining(", "))
        + IntStream.range(0, 20)
            .mapToObj("c%d.l > 0"::formatted)
            .collect(Collectors.joining(" AND ", " WHERE ", ""));
  }

  private void big() {
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
  }

  private static final String FAILING =
      "WITH replace(c) AS (SELECT -9223372036854775807 - 1) SELECT abs(c) FROM "
          + manyCursors().replace(" WHERE ", ", replace WHERE ");

  private void failWithinATurn(Script rest) {
    big();
    String _ =
        run(
            "turn",
            self -> {
              self.database().exec("UPDATE big SET v = zeroblob(3001) WHERE n <= 600");
              assertThatThrownBy(() -> self.database().query(FAILING))
                  .isInstanceOf(SqlException.class)
                  .hasMessageContaining("integer overflow");
              return rest.run(self);
            });
    holds();
    test.restart();
    holds();
  }

  private void holds() {
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
  }

  @Test
  void queryThatReadsMuchAndFails_harmsNothingOfItsTurn() {
    failWithinATurn(self -> String.valueOf(self.database().exec("INSERT INTO t VALUES ('kept')")));
  }

  @Test
  void queryThatReadsMuchAndFails_harmsNothingOfItsTurn_ifThatWritesTheSameAgain() {
    failWithinATurn(
        self -> {
          self.database().exec("UPDATE big SET v = randomblob(3001) WHERE n <= 50");
          return String.valueOf(self.database().exec("INSERT INTO t VALUES ('kept')"));
        });
  }

  @Test
  void textOfJdbcThatReadsMuchAndPassesALimit_harmsNothingOfItsTurn() {
    big();
    String _ =
        run(
            "turn",
            self -> {
              self.database().exec("UPDATE big SET v = zeroblob(3001) WHERE n <= 600");
              try (Connection connection = self.database().dataSource().getConnection();
                  Statement statement = connection.createStatement()) {
                assertThatThrownBy(
                        () ->
                            statement.execute(
                                "SELECT count(*) FROM %s; INSERT INTO t VALUES (zeroblob(60000000)), (zeroblob(60000000))"
                                    .formatted(manyCursors())))
                    .isInstanceOf(LimitExceededException.class);
              }
              self.database().exec("UPDATE big SET v = randomblob(3001) WHERE n <= 50");
              return String.valueOf(self.database().exec("INSERT INTO t VALUES ('kept')"));
            });
    holds();
    test.restart();
    holds();
  }

  private static void fails(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute(sql)).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void statementOfJdbcThatFailsInATriggerThatIsNestedTooDeep_leavesNothing() {
    run(
        "schema",
        self -> {
          self.database()
              .exec(
                  "CREATE TABLE t(n); CREATE TRIGGER g AFTER INSERT ON t WHEN new.n < 5000 BEGIN INSERT INTO t VALUES (new.n + 1); END");
          self.database().query("PRAGMA recursive_triggers = ON").close();
          return "";
        });
    String count = "SELECT count(*) FROM t";
    assertThat(
            run(
                "turn",
                self -> {
                  assertThatThrownBy(() -> self.database().exec("INSERT INTO t VALUES (1)"))
                      .isInstanceOf(SqlException.class);
                  long own = self.database().query(count).one(Long.class);
                  try (Connection connection = self.database().dataSource().getConnection()) {
                    fails(connection, "INSERT INTO t VALUES (1)");
                  }
                  return own + " " + self.database().query(count).one(Long.class);
                }))
        .isEqualTo("0 0");
  }

  @Test
  void statementOfJdbcThatIsToFail_leavesNoRows() {
    run(
        "schema",
        self -> String.valueOf(self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY)")));
    assertThat(
            run(
                "turn",
                self -> {
                  try (Connection connection = self.database().dataSource().getConnection()) {
                    fails(connection, "INSERT OR FAIL INTO t VALUES (1), (2), (1)");
                    fails(connection, "INSERT OR FAIL INTO t VALUES (3), (4), (3) RETURNING n");
                    fails(
                        connection,
                        "SELECT 1; INSERT OR FAIL INTO t VALUES (5), (6), (5); INSERT INTO t VALUES (7)");
                    try (PreparedStatement prepared =
                        connection.prepareStatement("INSERT OR FAIL INTO t VALUES (?), (9), (?)")) {
                      prepared.setLong(1, 8);
                      prepared.setLong(2, 8);
                      assertThatThrownBy(prepared::executeUpdate).isInstanceOf(SQLException.class);
                    }
                  }
                  return self.database().query("SELECT n FROM t").list(Long.class).toString();
                }))
        .isEqualTo("[]");
  }

  @Test
  void statementsOfJdbcInOneText_leaveWhatTheyWroteBeforeOneFails_andOnlyThat() {
    run(
        "schema",
        self -> String.valueOf(self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY)")));
    assertThat(
            run(
                "turn",
                self -> {
                  try (Connection connection = self.database().dataSource().getConnection()) {
                    fails(
                        connection,
                        "INSERT INTO t VALUES (1) RETURNING n; INSERT OR FAIL INTO t VALUES (2), (1); INSERT INTO t VALUES (3)");
                  }
                  return self.database().query("SELECT n FROM t").list(Long.class).toString();
                }))
        .isEqualTo("[1]");
  }

  @Test
  void columnThatTextsOfJdbcAddBeforeOneFails_isSeen() {
    run(
        "schema",
        self -> {
          self.database().exec("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
          return "";
        });
    assertThat(
            run(
                "turn",
                self -> {
                  String all = "SELECT * FROM t";
                  assertThat(self.database().query(all).maps().toString()).isEqualTo("[{a=1}]");
                  try (Connection connection = self.database().dataSource().getConnection()) {
                    fails(
                        connection,
                        "ALTER TABLE t ADD COLUMN b DEFAULT 5; INSERT INTO none VALUES (1)");
                  }
                  String fresh = self.database().query("SELECT  * FROM t").maps().toString();
                  return fresh + self.database().query(all).maps();
                }))
        .isEqualTo("[{a=1, b=5}][{a=1, b=5}]");
  }
}
