// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A text runs to the same end whether it is split here or by SQLite itself. */
final class SplitFuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 20_000 : 500;
  private static final long SEED = Long.getLong("holdfast.seed", System.nanoTime());

  private static final List<String> STATEMENTS =
      List.of(
          "INSERT INTO t VALUES (1, ';')",
          "INSERT INTO t VALUES (2, 'it''s; END;')",
          "INSERT INTO t VALUES ($a(;), x'00')",
          "INSERT INTO t VALUES (:a::b(;--), 1.5e-7)",
          "INSERT INTO t SELECT ?, \";\" FROM (SELECT 1 AS \";\")",
          "INSERT INTO t SELECT [a;b], `c;d` FROM (SELECT 1 AS \"a;b\", 2 AS [c;d])",
          "UPDATE t SET a = CASE WHEN a > 1 THEN a + 1 ELSE 0x1e+1 END",
          "UPDATE t SET b = 'a' || a -- ; DELETE FROM t;",
          "DELETE FROM t WHERE a /* ; */ = 1",
          "CREATE TABLE IF NOT EXISTS u(end, trigger)",
          "CREATE TABLE trigger(x)",
          "DROP TABLE IF EXISTS u",
          "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET b = 'x;END;'; DELETE FROM t"
              + " WHERE a = CASE WHEN 1 THEN 7 END; END",
          "CREATE TRIGGER IF NOT EXISTS h AFTER UPDATE ON t WHEN new.a = 3 BEGIN SELECT 1; -- END\n"
              + "INSERT INTO t VALUES (4, NULL); END",
          "DROP TRIGGER IF EXISTS g",
          "SELECT * FROM t",
          "EXPLAIN CREATE TRIGGER i AFTER INSERT ON t BEGIN SELECT 1; END",
          "EXPLAIN SELECT 1",
          "nonsense",
          "INSERT INTO t VALUES ('not closed",
          "CREATE TRIGGER j AFTER INSERT ON t BEGIN SELECT 1",
          "INSERT INTO none VALUES (1)",
          "VALUES (1), (2)");

  private static final List<String> BLANKS =
      List.of("", " ", "\n", "\t", "\r\n", ";", "; ;", "-- a;'\n", "/* a;' */", "/**/", "--\n");

  /** What texts of statements that mean nothing are made of. */
  private static final List<String> SOUP =
      List.of(
          "'",
          "\"",
          "`",
          "[",
          "]",
          "''",
          "--",
          "/*",
          "*/",
          "\n",
          " ",
          ";",
          "(",
          ")",
          ",",
          "?",
          ":a",
          "::",
          "@",
          "$",
          "#",
          "$a(",
          "x'",
          "X'0'",
          "0x",
          "1e",
          "1e+",
          "+",
          "-",
          "e",
          "1",
          ".5",
          "a",
          "AS",
          "END",
          "_",
          "ä",
          "\ufeff",
          "!",
          "=",
          "|",
          "INSERT INTO t VALUES (9, 9)");

  private final Random random = new Random(SEED);

  private static <T> T any(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private String soup() {
    StringBuilder soup = new StringBuilder("SELECT ");
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      soup.append(any(random, SOUP));
    }
    return soup.toString();
  }

  private String text() {
    StringBuilder text = new StringBuilder(any(random, BLANKS));
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      String statement = random.nextInt(3) == 0 ? soup() : any(random, STATEMENTS);
      if (random.nextInt(10) == 0) {
        statement = statement.replace(" ", " /* ; */ ");
      }
      text.append(statement).append(any(random, BLANKS)).append(i > 1 ? ";" : "");
      text.append(any(random, BLANKS));
    }
    return text.append('\n').toString();
  }

  private interface Run {
    void run(Connection connection, String text) throws SQLException;
  }

  /** The driver hands the whole text to SQLite, which goes from statement to statement. */
  private static void whole(Connection connection, String text) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(text);
    }
  }

  private static void split(Connection connection, String text) throws SQLException {
    for (Script.Statement each : Script.parse(text).statements()) {
      try (PreparedStatement statement = connection.prepareStatement(each.text())) {
        statement.execute();
      }
    }
  }

  /** What is in the database after a text has run to its end, or to its first failure. */
  private static List<String> after(Run run, String text) throws SQLException {
    List<String> seen = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      try (Statement setUp = connection.createStatement()) {
        setUp.execute("CREATE TABLE t(a, b)");
      }
      try {
        run.run(connection, text);
        seen.add("ran to its end");
      } catch (SQLException e) {
        seen.add("failed");
      }
      try (Statement statement = connection.createStatement()) {
        for (String query : List.of("SELECT sql FROM sqlite_schema", "SELECT quote(b) FROM t")) {
          try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
              seen.add(rows.getString(1));
            }
          }
        }
      }
    }
    return seen;
  }

  /** It has no statement, or one that begins with END by chance. */
  private static boolean isRefused(String text) {
    try {
      return Script.parse(text).statements().isEmpty();
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  @Test
  void splitting_changes_nothing() throws SQLException {
    for (int round = 0; round < ROUNDS; round++) {
      String text = text();
      if (isRefused(text)) {
        continue;
      }
      assertThat(after(SplitFuzzTest::split, text))
          .as("seed %d: %s", SEED, text)
          .isEqualTo(after(SplitFuzzTest::whole, text));
    }
  }
}
