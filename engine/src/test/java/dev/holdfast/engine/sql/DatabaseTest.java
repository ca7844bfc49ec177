// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ObjectId;
import dev.holdfast.engine.sql.page.ScratchFolder;
import dev.holdfast.engine.sql.page.ScratchLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** What SQLite does with a scratch file, without an object around it. */
final class DatabaseTest {
  private static final String ENDLESS =
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

  @TempDir Path folder;
  private ScratchFolder scratch;
  private Database database;

  @BeforeEach
  void open() throws SQLException, IOException {
    ObjectId id = ObjectId.of(new byte[32], "a");
    scratch = ScratchFolder.open(folder, ScratchLimits.DEFAULT, 1);
    database = Database.open(scratch.create(id), SqlLimits.DEFAULT, 64 << 20, true);
  }

  @AfterEach
  void close() throws SQLException, IOException {
    database.close();
    scratch.close();
  }

  private void write(String sql) throws SQLException, IOException {
    database.beginStatement();
    database.run(sql);
    database.endStatement();
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
  void an_interrupt_that_comes_before_its_statement_stops_it() throws SQLException {
    database.interrupt();
    assertThatThrownBy(() -> database.number(ENDLESS))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("SQLITE_INTERRUPT");
  }

  @Test
  void what_was_undone_is_cut_off_the_log_and_what_was_written_before_is_not()
      throws SQLException, IOException {
    database.enter(0);
    database.run("CREATE TABLE t(a)");
    write("INSERT INTO t SELECT zeroblob(1000000) FROM json_each('[1,2,3,4,5]')");
    long kept = database.logBytes();
    assertThat(kept).isGreaterThan(1_000_000);
    database.enter(1);
    write("INSERT INTO t SELECT zeroblob(1000000) FROM json_each('[1,2,3,4,5,6,7]')");
    long begun = database.logBytes();
    database.beginStatement();
    database.run("INSERT INTO t SELECT zeroblob(1000000) FROM json_each('[1,2,3,4,5]')");
    assertThat(database.logBytes()).isGreaterThan(begun);
    database.undoStatement();
    database.endStatement();
    assertThat(database.logBytes()).isEqualTo(begun);
    assertThat(database.number("SELECT count(*) FROM t")).isEqualTo(12);
    database.undoTo(0);
    assertThat(database.logBytes()).isEqualTo(kept);
    assertThat(database.number("SELECT count(*) FROM t")).isEqualTo(5);
    write("INSERT INTO t VALUES (1)");
    assertThat(database.commit()).isNotNull();
    database.settle();
    assertThat(database.number("SELECT count(*) FROM t")).isEqualTo(6);
    assertThat(
            database.number(
                "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"))
        .isEqualTo(1);
  }
}
