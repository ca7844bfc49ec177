// SPDX-License-Identifier: Apache-2.0
package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** jOOQ inside of an object, as it is. */
class JooqTest {
  private static final Table<Record> T = table(name("t"));
  private static final Field<Integer> N = field(name("n"), SQLDataType.INTEGER);
  private static final Field<String> V = field(name("v"), SQLDataType.VARCHAR);

  @TempDir private Path data;
  private Lab lab;

  @BeforeEach
  void create() throws Exception {
    lab = new Lab(data);
    lab.run(
        self ->
            jooq(self).execute("CREATE TABLE t (n INTEGER PRIMARY KEY, v TEXT NOT NULL UNIQUE)"));
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private static DSLContext jooq(Lab.Subject self) {
    return DSL.using(self.database(), SQLDialect.SQLITE);
  }

  private static void insert(DSLContext sql, String value) {
    sql.insertInto(T).columns(V).values(value).execute();
  }

  private String values() throws Exception {
    return lab.run(self -> self.read("SELECT v FROM t ORDER BY n"));
  }

  @Test
  void statements_queries_and_returned_rows() throws Exception {
    lab.run(
        self -> {
          DSLContext sql = jooq(self);
          assertThat(sql.insertInto(T).columns(V).values("a").returningResult(N).fetchSingle(N))
              .isEqualTo(1);
          assertThat(sql.fetch("INSERT INTO t (v) VALUES ('b'), ('x') RETURNING v").getValues(0))
              .isEqualTo(List.of("b", "x"));
          assertThat(sql.update(T).set(V, "c").where(V.eq("b")).execute()).isEqualTo(1);
          assertThat(sql.deleteFrom(T).where(V.eq("x")).execute()).isEqualTo(1);
          assertThat(sql.insertInto(T).columns(V).values("c").onConflictDoNothing().execute())
              .isZero();
          assertThat(
                  sql.batch(sql.insertInto(T).columns(V).values("")).bind("d").bind("e").execute())
              .containsExactly(1, 1);
          assertThat(sql.select(count()).from(T).fetchSingle().value1()).isEqualTo(4);
          try (Cursor<Record> rows = sql.select().from(T).orderBy(N).fetchLazy()) {
            assertThat(rows.fetchNext(1).getFirst().get(V)).isEqualTo("a");
            insert(sql, "f");
          }
          assertThat(sql.meta().getTables("t").getFirst().fields()).hasSize(2);
          assertThatThrownBy(() -> insert(sql, "a"))
              .isInstanceOf(IntegrityConstraintViolationException.class);
          return "";
        });
    assertThat(values()).isEqualTo("[a, c, d, e, f]");
  }

  @Test
  void transactions_cover_what_the_object_stores_beside() throws Exception {
    lab.run(
        self -> {
          DSLContext sql = jooq(self);
          sql.transaction(
              it -> {
                self.store().put("kept", 1);
                insert(it.dsl(), "kept");
              });
          assertThatThrownBy(
                  () ->
                      sql.transaction(
                          it -> {
                            self.store().put("undone", 1);
                            insert(it.dsl(), "undone");
                            throw new IllegalStateException("no");
                          }))
              .hasMessage("no");
          return "";
        });
    lab.close();
    lab = new Lab(data);
    assertThat(values()).isEqualTo("[kept]");
    assertThat(lab.run(self -> self.store().getAll(List.of("kept", "undone"), Integer.class)))
        .isEqualTo("{kept=1}");
  }

  @Test
  void transactions_nest_with_each_other_and_with_those_of_the_storage() throws Exception {
    lab.run(
        self -> {
          DSLContext sql = jooq(self);
          sql.transaction(
              outer -> {
                insert(outer.dsl(), "outer");
                assertThatThrownBy(
                        () ->
                            outer
                                .dsl()
                                .transaction(
                                    inner -> {
                                      insert(inner.dsl(), "inner");
                                      throw new IllegalStateException("no");
                                    }))
                    .hasMessage("no");
                outer.dsl().transaction(inner -> insert(inner.dsl(), "inner again"));
                self.store()
                    .transaction(
                        () -> {
                          insert(outer.dsl(), "storage's");
                          outer.dsl().transaction(inner -> insert(inner.dsl(), "within"));
                          self.store().rollback();
                        });
              });
          self.store().transaction(() -> sql.transaction(it -> insert(it.dsl(), "last")));
          return "";
        });
    assertThat(values()).isEqualTo("[outer, inner again, last]");
  }

  @Test
  void an_object_does_not_wait_within_a_transaction() throws Exception {
    lab.run(
        self -> {
          assertThatThrownBy(
                  () ->
                      jooq(self)
                          .transaction(
                              it -> {
                                insert(it.dsl(), "undone");
                                self.context().sleep(Duration.ofMillis(1));
                              }))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("inside a transaction");
          assertThatThrownBy(() -> jooq(self).execute("BEGIN"))
              .isInstanceOf(DataAccessException.class)
              .hasMessageContaining("storage().transaction");
          self.context().sleep(Duration.ofMillis(1));
          insert(jooq(self), "kept");
          return "";
        });
    assertThat(values()).isEqualTo("[kept]");
  }
}
