// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Batches of statements by JDBC. */
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
}
