// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ObjectId;
import dev.holdfast.engine.sql.page.ScratchFile;
import dev.holdfast.engine.sql.page.ScratchFolder;
import dev.holdfast.engine.sql.page.ScratchLimits;
import java.io.IOException;
import java.nio.file.Files;
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
    database.beginStatement(true);
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
    database.beginStatement(true);
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

  @Test
  void what_was_written_before_a_statement_that_only_reads_is_not_cut_off_with_it()
      throws SQLException, IOException {
    database.enter(0);
    database.run("CREATE TABLE big(v BLOB)");
    write("INSERT INTO big SELECT zeroblob(1000000) FROM json_each('[1,2,3,4,5,6,7,8]')");
    database.run("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
    database.commit();
    database.enter(0);
    write("INSERT INTO t(v) SELECT randomblob(3000) FROM big a, big b, big c LIMIT 500");
    long before = database.logBytes();
    database.beginStatement(false);
    assertThat(database.number("SELECT count(*) FROM big WHERE length(hex(v)) = 1")).isZero();
    assertThat(database.logBytes()).isGreaterThan(before);
    database.undoStatement();
    database.endStatement();
    assertThat(database.number("SELECT count(*) FROM t WHERE length(v) = 3000")).isEqualTo(500);
    assertThat(database.commit()).isNotNull();
    database.settle();
    assertThat(database.number("SELECT count(*) FROM t WHERE length(v) = 3000")).isEqualTo(500);
  }

  @Test
  void a_folder_may_have_any_name_and_a_file_that_is_gone_is_not_made_again()
      throws SQLException, IOException {
    Path odd = folder.resolve("a b%20?c#d&e=f;g+h'i\"j ü 日");
    ObjectId id = ObjectId.of(new byte[32], "a");
    try (ScratchFolder other = ScratchFolder.open(odd, ScratchLimits.DEFAULT, 1)) {
      ScratchFile file = other.create(id);
      try (Database made = Database.open(file, SqlLimits.DEFAULT, 64 << 20, true)) {
        made.run("CREATE TABLE t(a)");
        assertThat(file.path()).exists();
        assertThat(file.log()).exists();
      }
      Files.delete(file.path());
      assertThatThrownBy(() -> Database.open(file, SqlLimits.DEFAULT, 64 << 20, false))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("SQLITE_CANTOPEN");
      assertThat(file.path()).doesNotExist();
    }
  }
}
