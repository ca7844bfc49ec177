// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pragmas that are prepared do nothing before they are executed, and then what they say. */
class JdbcPragmaTest extends JdbcSuite {
  private static final String LIKE = "SELECT 'a' LIKE 'A'";

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void settingThatIsPrepared_holdsOnceItIsExecuted_eachTime() {
    with(
        (self, connection) -> {
          try (PreparedStatement on =
              connection.prepareStatement("PRAGMA case_sensitive_like=ON")) {
            assertThat(number(connection, LIKE)).as("prepared").isEqualTo(1);
            for (int i = 0; i < 2; i++) {
              assertThat(on.execute()).isFalse();
              assertThat(number(connection, LIKE)).as("executed").isZero();
              update(connection, "PRAGMA case_sensitive_like=OFF");
              assertThat(number(connection, LIKE)).as("turned off").isEqualTo(1);
            }
            on.executeUpdate();
            assertThat(number(connection, LIKE)).isZero();
          }
          return "";
        });
    assertThat(
            run(
                "like",
                self -> {
                  self.store().deleteAll();
                  return self.database().query(LIKE).one(Boolean.class).toString();
                }))
        .as("in another database of the activation")
        .isEqualTo("false");
    assertSameActivation();
  }

  @Test
  void pragmaThatIsPrepared_tellsAfterAnUpdateThatNoRowsWereChanged() {
    with(
        (self, connection) -> {
          update(connection, "INSERT INTO t(v) VALUES ('a'), ('b'), ('c')");
          try (PreparedStatement set = connection.prepareStatement("PRAGMA user_version=5")) {
            assertThat(set.getUpdateCount()).as("before it ran").isEqualTo(-1);
            assertThat(set.executeUpdate()).isZero();
            assertThat(set.getUpdateCount()).isZero();
            assertThat(set.getMoreResults()).isFalse();
            assertThat(set.getResultSet()).isNull();
            assertThat(set.getUpdateCount()).as("there is no more").isEqualTo(-1);
            assertThat(set.getLargeUpdateCount()).isEqualTo(-1);
            assertThat(set.executeLargeUpdate()).isZero();
            assertThat(set.getLargeUpdateCount()).isZero();
            assertThat(set.execute()).isFalse();
            assertThat(set.getUpdateCount()).isZero();
          }
          assertThat(number(connection, "PRAGMA user_version")).isEqualTo(5);
          return "";
        });
  }

  @Test
  void settingThatIsPrepared_hasNoParametersAndNoRows() {
    with(
        (self, connection) -> {
          try (PreparedStatement on = connection.prepareStatement("PRAGMA recursive_triggers=ON")) {
            assertThatThrownBy(() -> on.setInt(1, 1))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("PRAGMA recursive_triggers=ON");
            assertThatThrownBy(on::executeQuery).hasMessageContaining("returns no rows");
            assertThatThrownBy(on::addBatch).isInstanceOf(SQLException.class);
            assertThat(on.executeBatch()).isEmpty();
            assertThat(number(connection, "PRAGMA recursive_triggers")).isZero();
            on.clearParameters();
            assertThat(on.getMetaData()).isNull();
            ParameterMetaData parameters = on.getParameterMetaData();
            assertThat(parameters).hasToString("description");
            assertThat(parameters.getParameterCount()).isZero();
            assertThatThrownBy(() -> parameters.getParameterType(1))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("PRAGMA recursive_triggers=ON");
          }
          return "";
        });
    assertSameActivation();
  }

  @ParameterizedTest
  @ValueSource(strings = {"user_version=5", "defer_foreign_keys=ON", "case_sensitive_like=OFF"})
  void pragmaThatIsExplained_hasRows(String pragma) {
    String explain = "EXPLAIN PRAGMA " + pragma;
    with(
        (self, connection) -> {
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery(explain)) {
            assertThat(rows.next()).isTrue();
            update(connection, "INSERT INTO t(v) VALUES ('a')");
          }
          try (PreparedStatement late = connection.prepareStatement(explain)) {
            try (ResultSet rows = late.executeQuery()) {
              assertThat(rows.next()).isTrue();
              assertThat(late.getUpdateCount()).isEqualTo(-1);
            }
            assertThat(late.execute()).isTrue();
            assertThat(late.getUpdateCount()).isEqualTo(-1);
            assertThat(late.executeUpdate()).isZero();
            update(connection, "INSERT INTO t(v) VALUES ('b')");
          }
          assertThat(number(connection, "PRAGMA user_version")).isZero();
          return "";
        });
    assertThat(values()).isEqualTo("[a, b]");
    assertSameActivation();
  }

  @Test
  void foreignKeys_waitOnceThatIsExecuted() {
    with(
        (self, connection) -> {
          update(connection, "CREATE TABLE child(n REFERENCES t(n))");
          try (PreparedStatement defer =
              connection.prepareStatement("PRAGMA defer_foreign_keys=ON")) {
            assertThatThrownBy(() -> update(connection, "INSERT INTO child VALUES (1)"))
                .hasMessageContaining("FOREIGN KEY");
            defer.execute();
            update(connection, "INSERT INTO child VALUES (1)");
            update(connection, "INSERT INTO t VALUES (1, 'a')");
          }
          return "";
        });
    assertThat(values()).isEqualTo("[a]");
    assertSameActivation();
  }
}
