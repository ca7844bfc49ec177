// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.JdbcSuite.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Transactions of JDBC are transactions of the turn, for all that an object stores. */
class JdbcTransactionTest extends JdbcTransactionSuite {

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
          assertThat(JdbcSuite.values(self)).isEqualTo("[true, b, true, b]");
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
}
