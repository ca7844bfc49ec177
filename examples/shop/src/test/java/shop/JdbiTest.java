// SPDX-License-Identifier: Apache-2.0
package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jdbi.v3.sqlobject.statement.GetGeneratedKeys;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JDBI inside of an object, as it is. */
class JdbiTest {
  @TempDir private Path data;
  private Lab lab;

  /** An SQL object. */
  public interface Values {
    @SqlUpdate("INSERT INTO t (v) VALUES (:value)")
    @GetGeneratedKeys
    long add(String value);

    @SqlBatch("INSERT INTO t (v) VALUES (:value)")
    int[] addAll(List<String> value);

    @SqlQuery("INSERT INTO t (v) SELECT v || '!' FROM t RETURNING v")
    List<String> shout();

    @SqlQuery("SELECT v FROM t ORDER BY n")
    List<String> all();

    @Transaction
    default void addTwice(String value) {
      add(value);
      add(value);
    }
  }

  @BeforeEach
  void create() throws Exception {
    lab = new Lab(data);
    lab.run(self -> self.write("CREATE TABLE t (n INTEGER PRIMARY KEY, v TEXT UNIQUE)"));
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private static Jdbi jdbi(Lab.Subject self) {
    return Jdbi.create(self.database()).installPlugin(new SqlObjectPlugin());
  }

  private static void insert(Handle handle, String value) {
    handle.execute("INSERT INTO t (v) VALUES (?)", value);
  }

  private String values() throws Exception {
    return lab.run(self -> self.read("SELECT v FROM t ORDER BY n"));
  }

  @Test
  void sql_objects_batches_and_generated_keys() throws Exception {
    lab.run(
        self -> {
          Values values = jdbi(self).onDemand(Values.class);
          assertThat(values.add("a")).isEqualTo(1);
          assertThat(values.addAll(List.of("b", "c"))).containsExactly(1, 1);
          assertThat(values.shout()).containsExactly("a!", "b!", "c!");
          assertThatThrownBy(() -> values.addTwice("d"))
              .isInstanceOf(UnableToExecuteStatementException.class)
              .hasMessageContaining("UNIQUE constraint failed");
          assertThat(values.all()).containsExactly("a", "b", "c", "a!", "b!", "c!");
          jdbi(self)
              .useHandle(
                  handle -> {
                    try (Stream<String> rows =
                        handle
                            .createQuery("SELECT v FROM t ORDER BY v")
                            .mapTo(String.class)
                            .stream()) {
                      assertThat(rows.limit(2)).containsExactly("a", "a!");
                    }
                    handle.createScript("DELETE FROM t; INSERT INTO t (v) VALUES ('z')").execute();
                  });
          return "";
        });
    assertThat(values()).isEqualTo("[z]");
  }

  @Test
  void transactions_and_savepoints_cover_what_the_object_stores_beside() throws Exception {
    lab.run(
        self -> {
          jdbi(self)
              .useTransaction(
                  handle -> {
                    self.store().put("kept", 1);
                    insert(handle, "kept");
                    handle.savepoint("before");
                    insert(handle, "undone");
                    self.store().put("undone", 1);
                    handle.rollbackToSavepoint("before");
                    insert(handle, "too");
                  });
          assertThatThrownBy(
                  () ->
                      jdbi(self)
                          .useTransaction(
                              handle -> {
                                self.store().put("undone", 1);
                                insert(handle, "undone");
                                throw new IllegalStateException("no");
                              }))
              .hasMessage("no");
          self.store()
              .transaction(
                  () -> {
                    jdbi(self).useTransaction(handle -> insert(handle, "undone"));
                    self.store().rollback();
                    jdbi(self).useTransaction(handle -> insert(handle, "last"));
                  });
          return "";
        });
    lab.close();
    lab = new Lab(data);
    assertThat(values()).isEqualTo("[kept, too, last]");
    assertThat(lab.run(self -> self.store().getAll(List.of("kept", "undone"), Integer.class)))
        .isEqualTo("{kept=1}");
  }

  @Test
  void a_handle_that_is_left_open_ends_with_the_turn_and_what_it_did_not_commit() throws Exception {
    lab.run(
        self -> {
          Handle left = jdbi(self).open();
          left.begin();
          insert(left, "kept");
          left.commit();
          left.begin();
          insert(left, "undone");
          return "";
        });
    assertThat(values()).isEqualTo("[kept]");
  }
}
