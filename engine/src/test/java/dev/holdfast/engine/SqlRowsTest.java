// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Sql;
import dev.holdfast.SqlRows;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows are read once, as what they are asked for. */
class SqlRowsTest extends SqlSuite {
  private static final String TEN =
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 10)"
          + " SELECT x FROM c";

  enum Level {
    LOW,
    HIGH
  }

  record Item(long id, String name, Optional<Level> level, @Nullable Double price) {}

  record Camel(long createdAt, int itemCount) {}

  record Pair(long a, long b) {}

  record Checked(long a) {
    Checked {
      if (a < 0) {
        throw new IllegalArgumentException("a is negative");
      }
    }
  }

  record Nested(Pair a) {}

  @SuppressWarnings("rawtypes")
  record RawOptional(Optional a) {}

  record OfAnything(Object a, Optional<Object> b) {}

  record Nothing() {}

  @Test
  @Conformance("C-SQL-05")
  void one_isTheOnlyRow() {
    sql(
        sql -> {
          SqlRows rows = sql.query("SELECT 7 AS a");
          assertThat(rows.one(Long.class)).isEqualTo(7);
          assertThatIllegalStateException()
              .isThrownBy(() -> rows.one(Long.class))
              .withMessageContaining("read once");
          assertThatIllegalStateException()
              .isThrownBy(() -> sql.query("SELECT 1 WHERE 0").one(Long.class))
              .withMessageContaining("expected one row, found none");
          assertThatIllegalStateException()
              .isThrownBy(() -> sql.query("VALUES (1), (2)").one(Long.class))
              .withMessageContaining("expected one row, found more");
          assertThatThrownBy(() -> sql.query("SELECT NULL").one(String.class))
              .isInstanceOf(NoSuchElementException.class)
              .hasMessageContaining("found NULL");
        });
  }

  @Test
  void first_isEmptyWithoutRowAndForNull() {
    sql(
        sql -> {
          assertThat(sql.query("VALUES (1), (2)").first(Long.class)).contains(1L);
          assertThat(sql.query("SELECT 1 WHERE 0").first(Long.class)).isEmpty();
          assertThat(sql.query("SELECT NULL").first(Long.class)).isEmpty();
          assertThat(sql.query("SELECT 1 AS a, 2 AS b").first(Pair.class)).contains(new Pair(1, 2));
        });
  }

  @Test
  void list_hasAllRows_noneOfThemNull() {
    sql(
        sql -> {
          assertThat(sql.query(TEN).list(Integer.class)).hasSize(10).startsWith(1, 2);
          assertThat(sql.query("SELECT 1 WHERE 0").list(String.class)).isEmpty();
          assertThatThrownBy(() -> sql.query("VALUES ('a'), (NULL)").list(String.class))
              .isInstanceOf(NoSuchElementException.class)
              .hasMessageContaining("found NULL");
        });
  }

  @Test
  void record_takesColumnsByName_caseAndUnderscoresAside() {
    sql(
        sql -> {
          assertThat(sql.query("SELECT 2 AS item_count, 1 AS CREATED_AT").one(Camel.class))
              .isEqualTo(new Camel(1, 2));
          assertThat(sql.query("SELECT 1 AS createdAt, 2 AS itemcount").one(Camel.class))
              .isEqualTo(new Camel(1, 2));
          assertThat(
                  sql.query(
                          "SELECT NULL AS level, 1 AS id, 'tea' AS name, NULL AS price"
                              + " UNION ALL SELECT 'HIGH', 2, NULL, 1.5")
                      .list(Item.class))
              .containsExactly(
                  new Item(1, "tea", Optional.empty(), null),
                  new Item(2, nothing(), Optional.of(Level.HIGH), 1.5));
        });
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }

  @Test
  void record_andColumns_haveToFit() {
    sql(
        sql -> {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.query("SELECT 1 AS a").one(Pair.class))
              .withMessageContaining("Pair has the component b, found no such column among [a]");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.query("SELECT 1 AS a, 2 AS b, 3 AS c").one(Pair.class))
              .withMessageContaining("the column c has no component in");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.query("SELECT 1 AS a").one(Nothing.class))
              .withMessageContaining("the column a has no component in");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.query("SELECT NULL AS a, 1 AS b").one(Pair.class))
              .withMessageContaining("a: expected a long, found NULL");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.query("SELECT 'x' AS a, 1 AS b").one(Pair.class))
              .withMessageContaining("a: expected a value for long, found the text x");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.query("SELECT -1 AS a").one(Checked.class))
              .withMessage("a is negative");
        });
  }

  @Test
  void record_ofComponentsThatAreNoValues_isRefused() {
    sql(
        sql -> {
          for (Class<?> type : List.of(Nested.class, RawOptional.class)) {
            assertThatIllegalArgumentException()
                .isThrownBy(() -> sql.query("SELECT 1 AS a").one(type))
                .withMessageContaining("the component a is a ")
                .withMessageContaining("which is no type of a value");
          }
          OfAnything read = sql.query("SELECT 'x' AS a, 2.5 AS b").one(OfAnything.class);
          assertThat(read).isEqualTo(new OfAnything("x", Optional.of(2.5)));
        });
  }

  @Test
  void typesThatNoRowCanHave_areRefused() {
    sql(
        sql -> {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.query("SELECT 1").list(List.class))
              .withMessageContaining("rows are read as records, Object[]")
              .withMessageContaining("java.util.List");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sql.query("SELECT 1 AS a, 2 AS b").one(Long.class))
              .withMessageContaining("a java.lang.Long is read from one column, found 2: [a, b]");
        });
  }

  @Test
  @Conformance("C-SQL-27")
  void columnsOfTheSameName_theLastCounts() {
    sql(
        sql -> {
          sql.exec(
              "CREATE TABLE x(id, a, b); CREATE TABLE y(id, c, d);"
                  + "INSERT INTO x VALUES (1, 2, 3); INSERT INTO y VALUES (4, 5, 6)");
          String join = "SELECT x.*, y.* FROM x, y";
          SqlRows rows = sql.query(join);
          assertThat(rows.columns()).containsExactly("id", "a", "b", "id", "c", "d");
          assertThat(rows.maps().toString()).isEqualTo("[{id=4, a=2, b=3, c=5, d=6}]");
          assertThat(rows.columns()).hasSize(6);
          assertThat(sql.query(join).one(Object[].class)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
          assertThat(sql.query("SELECT 1 AS a, 2 AS b, 3 AS a").one(Pair.class))
              .isEqualTo(new Pair(3, 2));
          assertThat(sql.query("UPDATE x SET a = 1").columns()).isEmpty();
          assertThat(sql.query("SELECT 1 AS a WHERE 0").columns()).containsExactly("a");
        });
  }

  @Test
  void maps_andArrays_haveTheValuesOfSqlite() {
    sql(
        sql -> {
          String query = "SELECT 1 AS i, 1.5 AS r, 'x' AS t, x'07' AS b, NULL AS n";
          var map = sql.query(query).maps().getFirst();
          assertThat(map.keySet()).containsExactly("i", "r", "t", "b", "n");
          assertThat(map.values()).containsExactly(1L, 1.5, "x", new byte[] {7}, null);
          assertThat(sql.query(query).list(Object[].class).getFirst())
              .containsExactly(1L, 1.5, "x", new byte[] {7}, null);
          assertThat(sql.query("SELECT 1 AS a WHERE 0").maps()).isEmpty();
        });
  }

  @Test
  void statementWithoutRows_hasNone() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a)");
          assertThat(sql.query("DELETE FROM t").maps()).isEmpty();
          assertThat(sql.query("DELETE FROM t").list(Object[].class)).isEmpty();
          assertThat(sql.query("DELETE FROM t").first(Object[].class)).isEmpty();
          assertThat(sql.query("DELETE FROM t").rowsRead()).isZero();
        });
  }

  @Test
  void stream_readsRowsAsTheyAreAskedFor() {
    sql(
        sql -> {
          try (Stream<Long> rows = sql.query(TEN).stream(Long.class)) {
            assertThat(rows.limit(3)).containsExactly(1L, 2L, 3L);
          }
          Iterator<Long> all = sql.query(TEN).stream(Long.class).iterator();
          List<Long> read = new ArrayList<>();
          all.forEachRemaining(read::add);
          assertThat(read).hasSize(10);
          assertThat(all.hasNext()).isFalse();
          assertThatThrownBy(all::next).isInstanceOf(NoSuchElementException.class);
          assertThatThrownBy(
                  () -> sql.query("VALUES (1), (NULL)").stream(Long.class).toList().size())
              .isInstanceOf(NoSuchElementException.class);
        });
  }

  @Test
  void rowsThatWereClosed_areNotReadOn() {
    sql(
        sql -> {
          SqlRows rows = sql.query(TEN);
          Iterator<Long> reading = rows.stream(Long.class).iterator();
          reading.next();
          rows.close();
          rows.close();
          assertThatIllegalStateException()
              .isThrownBy(reading::next)
              .withMessageContaining("it was closed; run it again");
        });
  }

  @Test
  void rows_areReadByOneOfTheMethods() {
    sql(
        sql -> {
          SqlRows rows = sql.query(TEN);
          var _ = rows.stream(Long.class);
          for (Consumer<SqlRows> again :
              List.<Consumer<SqlRows>>of(
                  SqlRows::maps, r -> r.list(Long.class), r -> r.first(Long.class))) {
            assertThatIllegalStateException()
                .isThrownBy(() -> again.accept(rows))
                .withMessageContaining("the rows of a query are read once");
          }
        });
  }

  /** SQLite does not drop a table that is being read. */
  private static void assertReadNoMore(Sql sql, Consumer<SqlRows> reading) {
    sql.exec("CREATE TABLE t(a); INSERT INTO t VALUES ('x'), (2), (NULL), (3)");
    try {
      reading.accept(sql.query("SELECT a FROM t"));
    } catch (RuntimeException e) {
      assertThat(e).isNotNull();
    }
    sql.exec("DROP TABLE t");
  }

  @Test
  void reading_thatFailed_hasEnded() {
    sql(
        sql -> {
          assertReadNoMore(sql, rows -> rows.list(Long.class));
          assertReadNoMore(sql, rows -> rows.list(Pair.class));
          assertReadNoMore(sql, rows -> rows.list(List.class));
          assertReadNoMore(sql, rows -> rows.one(Long.class));
          assertReadNoMore(sql, rows -> rows.first(Long.class));
          assertReadNoMore(sql, rows -> rows.stream(Pair.class));
          assertReadNoMore(sql, SqlRows::maps);
          assertReadNoMore(sql, SqlRows::close);
        });
  }

  @Test
  void rows_areReadWhileOthersAreWritten() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3); CREATE TABLE u(a)");
          try (Stream<Long> rows = sql.query("SELECT a FROM t").stream(Long.class)) {
            rows.forEach(a -> sql.exec("INSERT INTO u VALUES (?)", a * 10));
          }
          assertThat(sql.query("SELECT a FROM u").list(Long.class)).containsExactly(10L, 20L, 30L);
        });
  }

  @Test
  void rows_thatAFailedStatementStandsBeside_areReadOn() {
    sql(
        sql -> {
          sql.exec("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (1), (2), (3)");
          Iterator<Long> rows =
              sql.query("SELECT a FROM t ORDER BY a").stream(Long.class).iterator();
          assertThat(rows.next()).isEqualTo(1);
          assertThatThrownBy(() -> sql.exec("INSERT INTO t VALUES (7), (2)"))
              .hasMessageContaining("UNIQUE");
          assertThat(rows.next()).isEqualTo(2);
          assertThat(rows.next()).isEqualTo(3);
          assertThat(rows.hasNext()).isFalse();
        });
  }
}
