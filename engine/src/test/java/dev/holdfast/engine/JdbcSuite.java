// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.sql.SqlLimits;
import dev.holdfast.engine.sql.SqlOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;

/** Tests of JDBC in events of the object {@code a}, which has a table. */
abstract class JdbcSuite extends EngineSuite {
  static final int DATABASE_BYTES = 1 << 20;

  /** What an object does with a connection. */
  @FunctionalInterface
  interface Use {
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

  String run(String name, Script script) {
    test.script(name, script);
    return test.getAsTimePasses(test.call("a", name));
  }

  /** Runs with a connection, which is closed then. */
  String with(Use use) {
    return run(
        "use",
        self -> {
          try (Connection connection = self.database().dataSource().getConnection()) {
            return use.of(self, connection);
          }
        });
  }

  String values() {
    return run("values", JdbcSuite::values);
  }

  static String values(Scripted self) {
    return self.database().query("SELECT v FROM t ORDER BY n").list(String.class).toString();
  }

  /** The object was not reset by what happened. */
  void assertSameActivation() {
    assertThat(run("memory", self -> String.valueOf(self.memory))).isEqualTo("7");
  }

  static void update(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}
