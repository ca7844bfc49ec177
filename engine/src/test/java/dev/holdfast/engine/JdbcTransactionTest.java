// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.JdbcTest.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.KeyRange;
import dev.holdfast.Storage;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions of JDBC are transactions of the turn, for all that an object stores. */
class JdbcTransactionTest extends EngineSuite {

  /** What an object does with a connection. */
  @FunctionalInterface
  private interface Use {
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
  private interface Body {
    void of(Scripted self) throws Exception;
  }

  private void run(String name, Body body) {
    test.script(
        name,
        self -> {
          body.of(self);
          return "";
        });
    test.getAsTimePasses(test.call("a", name));
  }

  private void with(Use use) {
    run(
        "use",
        self -> {
          try (Connection connection = self.database().dataSource().getConnection()) {
            use.of(self, connection);
          }
        });
  }

  /** Writes to the database, by the connection, and beside it. */
  private static void write(Scripted self, Connection connection, String value) {
    try {
      update(connection, "INSERT INTO t(v) VALUES ('%s')".formatted(value));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    self.store().put(value, value);
  }

  /** What is there, the same in the database and beside it, now and after a restart. */
  private void assertKept(String... values) {
    assertFound(values);
    test.restart();
    assertFound(values);
  }

  private void assertFound(String... values) {
    run("found", self -> assertFound(self, values));
  }

  private static void assertFound(Scripted self, String... values) {
    assertThat(JdbcTest.values(self)).isEqualTo(List.of(values).toString());
    assertThat(self.store().list(String.class, KeyRange.all()).keySet())
        .containsExactlyInAnyOrder(values);
  }

  private void assertSameActivation() {
    run("memory", self -> assertThat(self.memory).isEqualTo(7));
  }

  // ---------------------------------------------------------------- one transaction

  @Test
  void commit_keepsAndRollbackUndoes_whatIsWrittenBesideToo() {
    with(
        (self, connection) -> {
          write(self, connection, "auto");
          connection.setAutoCommit(false);
          write(self, connection, "kept");
          connection.commit();
          write(self, connection, "undone");
          assertFound(self, "auto", "kept", "undone");
          connection.rollback();
          assertFound(self, "auto", "kept");
          write(self, connection, "last");
          connection.setAutoCommit(true);
          write(self, connection, "after");
        });
    assertSameActivation();
    assertKept("auto", "kept", "last", "after");
  }

  @Test
  void whatIsWrittenBeforeTheFirstStatement_isPartOfTheTransaction() {
    with(
        (self, connection) -> {
          connection.setAutoCommit(false);
          self.store().put("undone", "undone");
          List<String> actions = new ArrayList<>();
          self.store().onRollback(() -> actions.add("undone"));
          write(self, connection, "too");
          connection.rollback();
          assertThat(actions).containsExactly("undone");
        });
    assertKept();
  }

  @Test
  void rollbackOfTheStorage_undoesTheTransactionOfTheConnection_whichStaysOpen() {
    with(
        (self, connection) -> {
          connection.setAutoCommit(false);
          write(self, connection, "undone");
          self.store().rollback();
          write(self, connection, "kept");
          connection.commit();
        });
    assertKept("kept");
  }

  @Test
  void commitAndRollback_areRefusedWithAutoCommitOn() {
    with(
        (self, connection) -> {
          assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
          assertThatThrownBy(connection::rollback).isInstanceOf(SQLException.class);
          assertThatThrownBy(connection::setSavepoint).isInstanceOf(SQLException.class);
          connection.setAutoCommit(false);
          connection.commit();
          connection.commit();
          connection.rollback();
          connection.setAutoCommit(false);
          connection.setAutoCommit(true);
          write(self, connection, "kept");
        });
    assertKept("kept");
  }

  @Test
  void statementThatFails_leavesTheTransactionOpen() {
    with(
        (self, connection) -> {
          connection.setAutoCommit(false);
          write(self, connection, "kept");
          assertThatThrownBy(
                  () -> update(connection, "INSERT INTO t(n, v) VALUES (9, 'x'), (1, 'y')"))
              .isInstanceOf(SQLException.class);
          write(self, connection, "too");
          connection.commit();
        });
    assertSameActivation();
    assertKept("kept", "too");
  }

  @Test
  void commitAndRollback_withRowsThatAreStillRead() {
    with(
        (self, connection) -> {
          connection.setAutoCommit(false);
          for (boolean keep : new boolean[] {true, false, true}) {
            Statement statement = connection.createStatement();
            assertThat(
                    statement
                        .executeQuery(
                            "INSERT INTO t(v) VALUES ('%s'), ('b') RETURNING n".formatted(keep))
                        .next())
                .isTrue();
            assertThat(connection.createStatement().executeQuery("SELECT n FROM t").next())
                .isTrue();
            if (keep) {
              connection.commit();
            } else {
              connection.rollback();
            }
          }
          assertThat(JdbcTest.values(self)).isEqualTo("[true, b, true, b]");
        });
    assertSameActivation();
  }

  @Test
  void schema_isUndoneWithTheTransaction() {
    with(
        (self, connection) -> {
          connection.setAutoCommit(false);
          update(connection, "CREATE TABLE u(x)");
          update(connection, "INSERT INTO u VALUES (1)");
          connection.rollback();
          assertThatThrownBy(() -> update(connection, "INSERT INTO u VALUES (1)"))
              .hasMessageContaining("no such table: u");
        });
    assertKept();
  }

  // ---------------------------------------------------------------- savepoints

  @Test
  void savepoints_areUndoneAndReleased() {
    with(
        (self, connection) -> {
          connection.setAutoCommit(false);
          write(self, connection, "a");
          Savepoint first = connection.setSavepoint("first");
          write(self, connection, "b");
          Savepoint second = connection.setSavepoint();
          write(self, connection, "c");
          connection.rollback(second);
          write(self, connection, "d");
          connection.rollback(second);
          write(self, connection, "e");
          connection.releaseSavepoint(second);
          assertThatThrownBy(() -> connection.rollback(second)).isInstanceOf(SQLException.class);
          assertFound(self, "a", "b", "e");
          Savepoint third = connection.setSavepoint();
          assertThat(third.getSavepointId()).isNotEqualTo(0);
          assertThat(first.getSavepointName()).isEqualTo("first");
          assertThatThrownBy(first::getSavepointId).isInstanceOf(SQLException.class);
          assertThatThrownBy(third::getSavepointName).isInstanceOf(SQLException.class);
          write(self, connection, "f");
          connection.rollback(first);
          assertThatThrownBy(() -> connection.releaseSavepoint(third))
              .isInstanceOf(SQLException.class);
          write(self, connection, "g");
          connection.commit();
          assertThatThrownBy(() -> connection.rollback(first)).isInstanceOf(SQLException.class);
        });
    assertSameActivation();
    assertKept("a", "g");
  }

  @Test
  void commitWithOpenSavepoints_keepsAll_andRollbackUndoesAll() {
    with(
        (self, connection) -> {
          connection.setAutoCommit(false);
          for (String value : List.of("a", "b")) {
            write(self, connection, value);
            connection.setSavepoint();
          }
          connection.commit();
          for (String value : List.of("c", "d")) {
            write(self, connection, value);
            connection.setSavepoint();
          }
          connection.rollback();
        });
    assertKept("a", "b");
  }

  @Test
  void savepointOfAnotherConnection_isRefused() {
    run(
        "two",
        self -> {
          DataSource source = self.database().dataSource();
          try (Connection one = source.getConnection();
              Connection other = source.getConnection()) {
            one.setAutoCommit(false);
            Savepoint ofOne = one.setSavepoint();
            assertThatThrownBy(() -> other.setAutoCommit(false))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("another connection");
            one.commit();
            other.setAutoCommit(false);
            assertThatThrownBy(() -> other.rollback(ofOne)).isInstanceOf(SQLException.class);
          }
        });
  }

  // ---------------------------------------------------------------- storage().transaction

  @Test
  void transactionOfTheStorage_withinThatOfTheConnection() {
    with(
        (self, connection) -> {
          Storage storage = self.store();
          connection.setAutoCommit(false);
          write(self, connection, "a");
          storage.transaction(() -> write(self, connection, "b"));
          assertThatThrownBy(
                  () ->
                      storage.transaction(
                          () -> {
                            write(self, connection, "undone");
                            throw new IllegalStateException("no");
                          }))
              .hasMessage("no");
          assertFound(self, "a", "b");
          connection.commit();
        });
    assertSameActivation();
    assertKept("a", "b");
  }

  @Test
  void transactionOfTheConnection_withinThatOfTheStorage() {
    run(
        "within",
        self -> {
          DataSource source = self.database().dataSource();
          self.store()
              .transaction(
                  () -> {
                    try (Connection connection = source.getConnection()) {
                      connection.setAutoCommit(false);
                      write(self, connection, "kept");
                      connection.commit();
                      write(self, connection, "rolled back");
                      connection.rollback();
                      write(self, connection, "closed");
                    } catch (SQLException e) {
                      throw new AssertionError(e);
                    }
                  });
          assertThatThrownBy(
                  () ->
                      self.store()
                          .transaction(
                              () -> {
                                try (Connection connection = source.getConnection()) {
                                  connection.setAutoCommit(false);
                                  write(self, connection, "around it undone");
                                  connection.commit();
                                  throw new IllegalStateException("no");
                                } catch (SQLException e) {
                                  throw new AssertionError(e);
                                }
                              }))
              .hasMessage("no");
          assertFound(self, "kept");
        });
    assertSameActivation();
    assertKept("kept");
  }

  @Test
  void connectionDoesNotEndTransactionsThatBeganWithinItsOwn() {
    with(
        (self, connection) -> {
          Storage storage = self.store();
          storage.transaction(
              () -> {
                try {
                  connection.setAutoCommit(false);
                  write(self, connection, "a");
                  Savepoint savepoint = connection.setSavepoint();
                  storage.transaction(
                      () -> {
                        for (ThrowingCallable end :
                            List.<ThrowingCallable>of(
                                connection::commit,
                                connection::rollback,
                                connection::close,
                                () -> connection.setAutoCommit(true),
                                () -> connection.rollback(savepoint),
                                () -> connection.releaseSavepoint(savepoint))) {
                          assertThatThrownBy(end)
                              .isInstanceOf(SQLException.class)
                              .hasMessageContaining("end that first");
                        }
                        write(self, connection, "b");
                      });
                  connection.commit();
                } catch (SQLException e) {
                  throw new AssertionError(e);
                }
              });
        });
    assertSameActivation();
    assertKept("a", "b");
  }

  @Test
  void savepointWithinATransactionOfTheStorage_endsThere() {
    with(
        (self, connection) -> {
          Storage storage = self.store();
          connection.setAutoCommit(false);
          write(self, connection, "a");
          storage.transaction(
              () -> {
                try {
                  Savepoint savepoint = connection.setSavepoint();
                  write(self, connection, "undone");
                  connection.rollback(savepoint);
                  connection.releaseSavepoint(savepoint);
                } catch (SQLException e) {
                  throw new AssertionError(e);
                }
              });
          AtomicReference<Savepoint> left = new AtomicReference<>();
          assertThatThrownBy(
                  () ->
                      storage.transaction(
                          () -> {
                            try {
                              left.set(connection.setSavepoint());
                              write(self, connection, "undone too");
                            } catch (SQLException e) {
                              throw new AssertionError(e);
                            }
                          }))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("was not ended there");
          assertThatThrownBy(() -> connection.rollback(left.get()))
              .isInstanceOf(SQLException.class);
          write(self, connection, "b");
          connection.commit();
        });
    assertKept("a", "b");
  }

  @Test
  void transactionLeftOpenWithinThatOfTheStorage_isUndoneWithIt_andForgotten() {
    run(
        "left",
        self -> {
          Storage storage = self.store();
          Connection left = self.database().dataSource().getConnection();
          List<String> actions = new ArrayList<>();
          assertThatThrownBy(
                  () ->
                      storage.transaction(
                          () -> {
                            try {
                              left.setAutoCommit(false);
                              write(self, left, "undone");
                              storage.onRollback(
                                  () -> {
                                    actions.add("inner");
                                    throw new IllegalArgumentException("an action fails");
                                  });
                            } catch (SQLException e) {
                              throw new AssertionError(e);
                            }
                          }))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("was not ended there");
          assertThat(actions).containsExactly("inner");
          storage.transaction(
              () ->
                  storage.transaction(
                      () -> {
                        try (Connection other = self.database().dataSource().getConnection()) {
                          write(self, other, "kept");
                          left.commit();
                          left.close();
                        } catch (SQLException e) {
                          throw new AssertionError(e);
                        }
                      }));
        });
    assertSameActivation();
    assertKept("kept");
  }

  // ---------------------------------------------------------------- what is left open

  @Test
  void whatIsNotCommittedWhenTheConnectionEnds_isUndone() {
    with(
        (self, connection) -> {
          connection.setAutoCommit(false);
          write(self, connection, "kept");
          connection.commit();
          write(self, connection, "closed");
        });
    run(
        "left",
        self -> {
          Connection connection = self.database().dataSource().getConnection();
          connection.setAutoCommit(false);
          write(self, connection, "left");
          connection.setSavepoint();
          write(self, connection, "left too");
        });
    assertSameActivation();
    assertKept("kept");
  }

  @Test
  void waitingWithinATransaction_isRefused_andAfterItAllowed() {
    with(
        (self, connection) -> {
          connection.setAutoCommit(false);
          write(self, connection, "kept");
          assertThatThrownBy(() -> self.context().sleep(Duration.ZERO))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("inside a transaction");
          assertThatThrownBy(() -> self.store().sync()).isInstanceOf(IllegalStateException.class);
          connection.commit();
          self.context().sleep(Duration.ZERO);
          assertThat(connection.isClosed()).isTrue();
        });
    assertKept("kept");
  }

  @Test
  void connectionWithAutoCommit_mayBeLeftOpenAtAWait() {
    run(
        "wait",
        self -> {
          Connection before = self.database().dataSource().getConnection();
          write(self, before, "a");
          self.context().sleep(Duration.ZERO);
          try (Connection after = self.database().dataSource().getConnection()) {
            write(self, after, "b");
          }
        });
    assertKept("a", "b");
  }

  // ---------------------------------------------------------------- two connections

  @Test
  void whileOneIsInATransaction_noOtherIsGivenOutOrUsed() {
    run(
        "two",
        self -> {
          DataSource source = self.database().dataSource();
          try (Connection one = source.getConnection();
              Connection other = source.getConnection()) {
            write(self, other, "a");
            one.setAutoCommit(false);
            write(self, one, "b");
            assertThatThrownBy(source::getConnection)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("another connection of its data source is in a transaction");
            assertThatThrownBy(() -> update(other, "DELETE FROM t"))
                .isInstanceOf(SQLException.class);
            self.database().exec("INSERT INTO t(v) VALUES ('c')");
            self.store().put("c", "c");
            one.commit();
            write(self, other, "d");
            source.getConnection().close();
          }
        });
    assertKept("a", "b", "c", "d");
  }

  // ---------------------------------------------------------------- all of it at random

  /** Compares what is there with a list that is put back to what it was by each rollback. */
  @Test
  void anyNesting_keepsWhatWasCommittedAndNothingElse() {
    for (long seed = 1; seed <= 30; seed++) {
      long replay = seed;
      run("random", self -> new RandomNesting(self, replay).run());
    }
    assertSameActivation();
  }

  /** One turn of random transactions, of the connection and of the storage. */
  private static final class RandomNesting {
    private final Scripted self;
    private final Random random;
    private final long seed;
    private final Connection connection;
    private List<String> expected;
    private int next;

    RandomNesting(Scripted self, long seed) throws SQLException {
      this.self = self;
      this.seed = seed;
      this.random = new Random(seed);
      this.connection = self.database().dataSource().getConnection();
      this.expected = new ArrayList<>(stored());
    }

    private List<String> stored() {
      return self.database().query("SELECT v FROM t ORDER BY n").list(String.class);
    }

    void run() throws SQLException {
      for (int i = 0; i < 6; i++) {
        step(0);
      }
      connection.close();
      check();
    }

    private void step(int depth) throws SQLException {
      switch (random.nextInt(depth > 5 ? 1 : 4)) {
        case 0 -> write();
        case 1 -> ofStorage(depth);
        case 2 -> ofConnection(depth);
        default -> savepoint(depth);
      }
      check();
    }

    private void write() {
      String value = seed + "-" + next++;
      JdbcTransactionTest.write(self, connection, value);
      expected.add(value);
    }

    private void ofStorage(int depth) {
      List<String> before = new ArrayList<>(expected);
      boolean keep = random.nextBoolean();
      self.store()
          .transaction(
              () -> {
                try {
                  step(depth + 1);
                  step(depth + 1);
                } catch (SQLException e) {
                  throw new AssertionError("seed " + seed, e);
                }
                if (!keep) {
                  self.store().rollback();
                }
              });
      if (!keep) {
        expected = before;
      }
    }

    private void ofConnection(int depth) throws SQLException {
      if (!connection.getAutoCommit()) {
        return;
      }
      List<String> before = new ArrayList<>(expected);
      connection.setAutoCommit(false);
      step(depth + 1);
      step(depth + 1);
      if (random.nextBoolean()) {
        connection.commit();
      } else {
        connection.rollback();
        expected = before;
      }
      connection.setAutoCommit(true);
    }

    private void savepoint(int depth) throws SQLException {
      if (connection.getAutoCommit()) {
        return;
      }
      List<String> before = new ArrayList<>(expected);
      Savepoint savepoint = connection.setSavepoint();
      step(depth + 1);
      if (random.nextBoolean()) {
        connection.rollback(savepoint);
        expected = before;
        write();
      }
      connection.releaseSavepoint(savepoint);
    }

    private void check() {
      assertThat(stored()).as("seed %d", seed).isEqualTo(expected);
      assertThat(self.store().list(String.class, KeyRange.all()).keySet())
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }
}
