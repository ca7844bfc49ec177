// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.sql.SqlLimits;
import dev.holdfast.engine.sql.page.ScratchLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed leaves its scratch files as they are, and in the store what was
 * confirmed: the next one shows that, wherever it was killed.
 */
class SqlCrashTest extends EngineSuite {
  @TempDir Path folder;
  private EngineOptions options = EngineOptions.defaults();
  private int crashes;

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    SqlLimits one = new SqlLimits(1L << 30, 1 << 20, 4 << 10, 100, 1);
    ScratchLimits allMarked = new ScratchLimits(1L << 30, 0);
    options =
        defaults.withSql(
            defaults.sql().withLimits(one).withScratch(scratch()).withScratchLimits(allMarked));
    return options;
  }

  @BeforeEach
  void scripts() {
    test.script(
        "create",
        self -> {
          self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
          return insert(self, 100_000);
        });
    test.script("insert", self -> insert(self, 1));
    test.script("much", self -> insert(self, 6 << 20));
    test.script(
        "count",
        self ->
            self.database().query("SELECT count(*) FROM t").one(Long.class)
                + " "
                + self.count("n")
                + " "
                + self.database().query("PRAGMA integrity_check").one(String.class));
    get(test.call("a", "create"));
    test.letSleep();
    get(test.call("a", "count"));
  }

  private static String insert(Scripted self, int bytes) {
    self.add("n", 1);
    return String.valueOf(self.database().exec("INSERT INTO t(v) VALUES (randomblob(?))", bytes));
  }

  /** The folder that the engine uses, which the one before has left. */
  private Path scratch() {
    return folder.resolve("scratch" + crashes);
  }

  /** Changes what a process has left. */
  private interface Leaving {
    void change(Path left) throws IOException;
  }

  /** The process is killed, and another comes; it shows so many rows. */
  private void crash(long rows, Leaving leaving) throws IOException {
    Path before = scratch();
    crashes++;
    ScratchDamage.copy(before, scratch());
    leaving.change(scratch());
    test.setOptions(options.withSql(options.sql().withScratch(scratch())));
    TestEngine.Deposed killed = test.takeOver();
    holds(rows);
    get(test.call("a", "insert"));
    test.letSleep();
    holds(rows + 1);
    killed.store().gate().release();
    test.getAsTimePasses(
        test.worker(
            () -> {
              killed.close();
              return "";
            }));
    holds(rows + 1);
  }

  private void crash(long rows) throws IOException {
    crash(rows, left -> {});
  }

  private void holds(long rows) {
    assertThat(get(test.call("a", "count"))).isEqualTo(rows + " " + rows + " ok");
  }

  private static List<Path> files(Path folder, String end) throws IOException {
    return ScratchDamage.files(folder).stream()
        .filter(file -> file.toString().endsWith(end))
        .toList();
  }

  @Test
  void killedWithinATurn() throws IOException {
    HeldTurn slow = HeldTurn.after(test, "a", self -> insert(self, 8 << 20));
    assertThat(Files.size(files(scratch(), "-wal").getFirst())).isGreaterThan(1 << 20);
    Path before = scratch();
    crashes++;
    ScratchDamage.copy(before, scratch());
    test.setOptions(options.withSql(options.sql().withScratch(scratch())));
    TestEngine.Deposed killed = test.takeOver();
    slow.goOn();
    test.failureAsTimePasses(slow.result());
    holds(1);
    test.getAsTimePasses(
        test.worker(
            () -> {
              killed.close();
              return "";
            }));
    holds(1);
  }

  @Test
  void killedBeforeTheStoreHasCommitted() throws IOException {
    commitHeld("insert");
    crash(1);
  }

  @Test
  void killedBeforeTheStoreHasCommitted_theLogMovedToTheDatabase() throws IOException {
    commitHeld("much");
    assertThat(Files.size(files(scratch(), ".db").getFirst())).isGreaterThan(6 << 20);
    crash(1);
  }

  @Test
  void killedBeforeTheStoreHasCommitted_theFileClosed() throws IOException {
    commitHeld("insert");
    Path mark = files(scratch(), ".mark").getFirst();
    get(test.call("b", "create-less"));
    TestEngine.until(
        "the file is closed", () -> Files.size(mark) == 0 && files(scratch(), "-wal").size() <= 1);
    crash(1);
  }

  private void commitHeld(String script) {
    test.script(
        "create-less", self -> String.valueOf(self.database().query("SELECT 1").one(Long.class)));
    long submitted = test.store().gate().submitted();
    test.store().gate().hold();
    var _ = test.call("a", script);
    test.awaitSubmitted(submitted + 1);
  }

  @Test
  void killedAfterTheStoreHasCommitted() throws IOException {
    get(test.call("a", "insert"));
    crash(2);
    get(test.call("a", "much"));
    crash(4);
  }

  @Test
  void killedWhileTheLogIsMovedToTheDatabase() throws IOException {
    byte[] old = Files.readAllBytes(files(scratch(), ".db").getFirst());
    get(test.call("a", "much"));
    crash(
        2,
        left -> {
          Path file = files(left, ".db").getFirst();
          byte[] now = Files.readAllBytes(file);
          System.arraycopy(old, 0, now, 0, old.length);
          Files.write(file, now);
        });
  }

  @Test
  void killedWhileTheFileIsMarked() throws IOException {
    get(test.call("a", "insert"));
    test.letSleep();
    byte[] mark = Files.readAllBytes(files(scratch(), ".mark").getFirst());
    long rows = 2;
    for (int length = 0; length < mark.length; length += 1 + mark.length / 12) {
      byte[] part = Arrays.copyOf(mark, length);
      crash(rows, left -> Files.write(files(left, ".mark").getFirst(), part));
      rows++;
    }
  }

  @Test
  void killedWhileTheFileIsMade() throws IOException {
    get(test.call("a", "insert"));
    crash(
        2,
        left -> {
          Path file = files(left, ".db").getFirst();
          String name = file.getFileName().toString();
          byte[] half = Arrays.copyOf(Files.readAllBytes(file), 40_000);
          Files.write(file, half);
          for (int later = 1; later < 20; later++) {
            String next = name.replaceFirst("\\.\\d+", "." + (System.currentTimeMillis() + later));
            Files.write(file.resolveSibling(next), half);
            Files.write(file.resolveSibling(next + "-wal"), half);
            Files.write(file.resolveSibling(next + "-journal"), half);
          }
        });
  }
}
