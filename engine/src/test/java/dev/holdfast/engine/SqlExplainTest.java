// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A statement that is explained writes nothing, and is in nobody's way. */
class SqlExplainTest extends JdbcSuite {
  private static final String INSERT = "INSERT INTO t(v) VALUES ('a'), ('b')";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EXPLAIN " + INSERT,
        "EXPLAIN QUERY PLAN INSERT INTO t(v) SELECT x FROM large",
        "EXPLAIN UPDATE t SET v = 'c'",
        "EXPLAIN WITH x(a) AS (SELECT 1) DELETE FROM t WHERE n IN (SELECT a FROM x)",
        "EXPLAIN DROP TABLE t",
        "EXPLAIN CREATE TABLE u(a)",
        "EXPLAIN INSERT INTO t(v) VALUES ('a') RETURNING n"
      })
  void whatIsExplained_writesNothing_andItsRowsAreInNobodysWay(String explain) {
    run(
        "sql",
        self -> {
          assertThat(self.database().exec(explain)).isZero();
          assertThat(self.database().query(explain).maps()).isNotEmpty();
          try (Stream<Object[]> rows = self.database().query(explain).stream(Object[].class)) {
            var each = rows.iterator();
            each.next();
            self.database().exec(INSERT);
            self.store().transaction(() -> self.database().exec("DELETE FROM t"));
            self.store().sync();
          }
          return "";
        });
    assertThat(values()).isEqualTo("[]");
    with(
        (self, connection) -> {
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery(explain)) {
            assertThat(rows.next()).isTrue();
            update(connection, INSERT);
          }
          try (PreparedStatement prepared = connection.prepareStatement(explain)) {
            try (ResultSet rows = prepared.executeQuery()) {
              assertThat(rows.next()).isTrue();
              self.store().transaction(() -> self.database().exec("DELETE FROM t"));
            }
            assertThat(prepared.execute()).isTrue();
            connection.setAutoCommit(false);
            update(connection, INSERT);
            connection.commit();
          }
          return "";
        });
    assertThat(values()).isEqualTo("[a, b]");
    assertSameActivation();
  }

  @Test
  void rowsOfReturning_endWhenWhatWritesIsExplained_whichTheErrorSays() {
    with(
        (self, connection) -> {
          try (Statement returning = connection.createStatement();
              Statement explaining = connection.createStatement()) {
            ResultSet rows = returning.executeQuery(INSERT + " RETURNING n");
            assertThat(rows.next()).isTrue();
            assertThat(explaining.execute("EXPLAIN SELECT v FROM t")).isTrue();
            assertThat(rows.next()).isTrue();
            assertThat(explaining.execute("EXPLAIN DELETE FROM t")).isTrue();
            assertThatThrownBy(rows::next)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("something was written or explained");
          }
          return "";
        });
    assertThat(values()).isEqualTo("[a, b]");
    assertSameActivation();
  }

  @ParameterizedTest
  @ValueSource(strings = {"EXPLAIN " + INSERT, "EXPLAIN QUERY PLAN " + INSERT})
  void turnThatOnlyExplains_hasWrittenNothing(String explain) {
    run(
        "explains",
        self -> {
          self.database().query(explain).maps();
          try (Connection connection = self.database().dataSource().getConnection();
              Statement statement = connection.createStatement()) {
            statement.execute(explain);
          }
          self.store().history().current();
          return "";
        });
    assertThat(values()).isEqualTo("[]");
    assertSameActivation();
  }
}
