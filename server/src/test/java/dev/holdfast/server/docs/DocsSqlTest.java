// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.HoldfastException;
import dev.holdfast.Outcome;
import dev.holdfast.RemoteException;
import dev.holdfast.SqlException;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.server.docs.Shop.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/sql.md says is so. */
class DocsSqlTest extends DocsSuite {
  DocsSqlTest() {
    super(
        new ObjectClass<>("Shop", Shop.class, ShopObject::new),
        new ObjectClass<>("Orders", Orders.class, OrdersObject::new));
  }

  private Shop shop() {
    return node().objects(Shop.class).getByName("a");
  }

  @Test
  void rows_are_read_as_records_and_single_values() {
    assertThat(shop().add("tea", 300)).isEqualTo(1);
    assertThat(shop().add("cup", 700)).isEqualTo(2);
    assertThat(shop().sell(1)).isTrue();
    assertThat(shop().sell(1)).isFalse();
    restart();
    assertThat(shop().cheaperThan(500))
        .containsExactly(new Item(1, "tea", 300, Optional.of(clock.now())));
    assertThat(shop().report())
        .startsWith("2 Optional[cup] 300 [SEARCH item USING INDEX sqlite_autoindex_item_1");
  }

  @Test
  void statement_that_is_refused_leaves_the_object_alive() {
    assertThat(shop().find("tea", 300)).isEqualTo(1);
    assertThat(shop().find("tea", 300)).isEqualTo(1);
    assertThatThrownBy(() -> shop().find("cup", -1))
        .isInstanceOfSatisfying(
            RemoteException.class,
            e -> assertThat(e.type()).isEqualTo(SqlException.class.getName()));
    assertThatThrownBy(() -> shop().addDeclared("cup", -1))
        .isInstanceOfSatisfying(
            SqlException.class, e -> assertThat(e.code()).isEqualTo("SQLITE_CONSTRAINT_CHECK"));
    assertThat(shop().cheaperThan(1_000)).hasSize(1);
  }

  @Test
  void transaction_undoes_both_kinds_of_storage() {
    shop().add("tea", 300);
    assertThatThrownBy(() -> shop().sellAll(2)).hasMessage("there were 1");
    assertThat(shop().cheaperThan(500)).extracting(Item::soldAt).containsExactly(Optional.empty());
    shop().sellAll(1);
    assertThat(shop().sell(1)).isFalse();
  }

  @Test
  void foreign_keys_are_enforced_now_or_at_the_end_of_the_turn() {
    shop().add("tea", 300);
    shop().comment(1, "hot");
    shop().move(1, 7);
    assertThat(shop().comments()).isEqualTo(1);
    assertThatThrownBy(() -> shop().comment(1, "cold"))
        .isInstanceOf(RemoteException.class)
        .hasMessageContaining("FOREIGN KEY constraint failed");
    assertThatThrownBy(() -> shop().commentLater(1, "cold"))
        .isInstanceOfSatisfying(
            HoldfastException.class,
            e -> {
              assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED);
              assertThat(e.retryable()).isFalse();
            })
        .hasMessageContaining("FOREIGN KEY constraint failed");
    assertThatThrownBy(() -> shop().moveOrphaned(7, 8)).hasMessage("item 7 has comments");
    assertThat(shop().comments()).isEqualTo(1);
    assertThat(shop().cheaperThan(500)).extracting(Item::id).containsExactly(7L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          BEGIN                                     | storage().transaction(...)
          COMMIT                                    | storage().transaction(...)
          SAVEPOINT a                               | storage().transaction(...)
          INSERT OR ROLLBACK INTO item VALUES (1)   | use ABORT, or a transaction
          ATTACH 'other.db' AS other                | call the object that has the other
          VACUUM                                    | free pages are used again
          CREATE TEMP TABLE t (x)                   | use WITH, a table that you empty, or a field
          CREATE VIRTUAL TABLE t USING csv          | fts5
          PRAGMA journal_mode = DELETE              | how the database is kept is the platform's
          PRAGMA foreign_keys = OFF                 | PRAGMA defer_foreign_keys
          SELECT load_extension('x')                | it loads code
          """)
  void what_is_not_for_an_object_is_refused_with_what_to_do_instead(String sql, String advice) {
    assertThatThrownBy(() -> shop().run(sql))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(advice);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE VIRTUAL TABLE t USING fts5(words); SELECT * FROM t WHERE t MATCH 'tea'",
        "CREATE VIRTUAL TABLE t USING rtree(id, x0, x1)",
        "SELECT json_extract('{\"a\": 1}', '$.a')",
        "SELECT row_number() OVER (ORDER BY id) FROM item",
        "SELECT sqrt(2)",
        "PRAGMA integrity_check",
        "PRAGMA table_info(item)"
      })
  void what_sqlite_has_is_there(String sql) {
    assertThat(shop().run(sql)).startsWith("[");
  }

  @Test
  void libraries_use_the_database_of_the_object() {
    Orders orders = node().objects(Orders.class).getByName("a");
    orders.place(Map.of("tea", 2, "cup", 1));
    orders.place(Map.of("tea", 5));
    assertThatThrownBy(() -> orders.place(Map.of("tea", 9, "cup", 0)))
        .hasMessageContaining("CHECK constraint failed");
    restart();
    Orders again = node().objects(Orders.class).getByName("a");
    assertThat(again.largest()).isEqualTo(Map.of("cup", 1, "tea", 5));
  }

  @Test
  void scratch_files_may_be_lost() throws IOException {
    shop().add("tea", 300);
    stop();
    List<Path> files;
    try (Stream<Path> all = Files.walk(data().resolve("scratch"))) {
      files = all.filter(Files::isRegularFile).toList();
    }
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      Files.delete(file);
    }
    start();
    assertThat(shop().cheaperThan(500)).hasSize(1);
    assertThat(shop().bytes()).isGreaterThan(4096);
  }
}
