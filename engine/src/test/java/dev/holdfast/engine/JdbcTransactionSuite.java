// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.JdbcSuite.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.KeyRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/**
 * Tests of transactions by JDBC in events of the object {@code a}, which has a table, and beside it
 * stores what is in there.
 */
abstract class JdbcTransactionSuite extends EngineSuite {

  /** What an object does with a connection. */
  @FunctionalInterface
  interface Use {
    void of(Scripted self, Connection connection) throws Exception;
  }

  @BeforeEach
  void create() {
    run(
        "create",
        self -> {
          self.memory = 7;
          self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY, v TEXT)");
        });
  }

  /** What an object does. */
  @FunctionalInterface
  interface Body {
    void of(Scripted self) throws Exception;
  }

  void run(String name, Body body) {
    test.script(
        name,
        self -> {
          body.of(self);
          return "";
        });
    test.getAsTimePasses(test.call("a", name));
  }

  void with(Use use) {
    run(
        "use",
        self -> {
          try (Connection connection = self.database().dataSource().getConnection()) {
            use.of(self, connection);
          }
        });
  }

  /** Writes to the database, by the connection, and beside it. */
  static void write(Scripted self, Connection connection, String value) {
    try {
      update(connection, "INSERT INTO t(v) VALUES ('%s')".formatted(value));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    self.store().put(value, value);
  }

  /** What is there, the same in the database and beside it, now and after a restart. */
  void assertKept(String... values) {
    assertFound(values);
    test.restart();
    assertFound(values);
  }

  void assertFound(String... values) {
    run("found", self -> assertFound(self, values));
  }

  static void assertFound(Scripted self, String... values) {
    assertThat(JdbcSuite.values(self)).isEqualTo(List.of(values).toString());
    assertThat(self.store().list(String.class, KeyRange.all()).keySet())
        .containsExactlyInAnyOrder(values);
  }

  void assertSameActivation() {
    run("memory", self -> assertThat(self.memory).isEqualTo(7));
  }
}
