// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.sql.SqlLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk of scratch files that has no room: nothing is lost, and all goes on once it has. */
class SqlDiskFullTest extends EngineSuite {
  @TempDir static Path folder;

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    SqlLimits one = new SqlLimits(1L << 30, 1 << 20, 4 << 10, 100, 1);
    return defaults.withSql(defaults.sql().withScratch(disk().resolve("scratch")).withLimits(one));
  }

  private static Path disk() {
    return folder.resolve("disk");
  }

  private static boolean run(String... command) throws IOException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void mount() throws IOException {
    Files.createDirectories(disk());
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk().toString());
    assumeTrue(mounted, "this user may mount a small disk");
    test.script(
        "create",
        self -> {
          self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY, v BLOB)");
          return insert(self, 100_000);
        });
    test.script("insert", self -> insert(self, 100_000));
    test.script("much", self -> insert(self, 5_000_000));
    test.script(
        "count",
        self ->
            self.database().query("SELECT count(*) FROM t").one(Long.class)
                + " "
                + self.database().query("PRAGMA integrity_check").one(String.class));
  }

  private static String insert(Scripted self, int bytes) {
    return String.valueOf(self.database().exec("INSERT INTO t(v) VALUES (randomblob(?))", bytes));
  }

  @AfterEach
  void unmount() throws IOException {
    run("umount", "-l", disk().toString());
  }

  /** Leaves no byte free. */
  private static Path fill() throws IOException {
    Path filler = disk().resolve("filler");
    try (OutputStream out = Files.newOutputStream(filler)) {
      byte[] some = new byte[4096];
      while (true) {
        out.write(some);
      }
    } catch (IOException e) {
      return filler;
    }
  }

  @Test
  void diskThatIsFull_isAFailureThatMayBeRetried() throws IOException {
    get(test.call("a", "create"));
    Path filler = fill();
    Throwable failure = test.failureAsTimePasses(test.call("a", "much"));
    assertThat(failure).isInstanceOf(StorageException.class);
    assertThat(((StorageException) failure).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    assertThat(((StorageException) failure).retryable()).isTrue();
    Files.delete(filler);
    assertThat(test.getAsTimePasses(test.call("a", "much"))).isEqualTo("1");
    assertThat(get(test.call("a", "count"))).isEqualTo("2 ok");
  }

  @Test
  void databaseThatCannotBeClosedForWantOfRoom_losesNothing() throws IOException {
    get(test.call("a", "create"));
    get(test.call("b", "create"));
    for (int round = 2; round < 5; round++) {
      get(test.call("a", "insert"));
      Path filler = fill();
      // That of the first is to be moved from the log to the file, where there is no room for it.
      CompletableFuture<String> other = test.call("b", "insert");
      TestEngine.until(
          "done as time passes",
          () -> {
            test.clock.advance(Duration.ofMillis(20));
            return other.isDone();
          });
      if (other.isCompletedExceptionally()) {
        assertThat(((StorageException) failure(other)).retryable()).isTrue();
      }
      Files.delete(filler);
      assertThat(test.getAsTimePasses(test.call("a", "count"))).isEqualTo(round + " ok");
    }
  }
}
