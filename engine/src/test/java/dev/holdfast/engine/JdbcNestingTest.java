// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.KeyRange;
import dev.holdfast.Storage;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Transactions of JDBC within those of the storage, and the other way round. */
class JdbcNestingTest extends JdbcTransactionSuite {

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
