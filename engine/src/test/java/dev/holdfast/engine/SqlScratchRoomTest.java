// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.HoldfastException;
import dev.holdfast.engine.sql.SqlLimits;
import dev.holdfast.engine.sql.page.ScratchLimits;
import dev.holdfast.store.Retention;
import dev.holdfast.store.memory.InMemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of objects that sleep take so much room, and no more; and one node uses a folder. */
class SqlScratchRoomTest extends EngineSuite {
  private static final int FILE_BYTES = 120_000;
  private static final long ROOM = 5 * FILE_BYTES;
  private static final int OPEN = 4;

  @TempDir Path folder;

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    SqlLimits limits = new SqlLimits(1L << 30, 1 << 20, 4 << 10, 100, OPEN);
    return defaults.withSql(
        defaults
            .sql()
            .withScratch(scratch())
            .withLimits(limits)
            .withScratchLimits(new ScratchLimits(ROOM, FILE_BYTES / 2)));
  }

  @BeforeEach
  void scripts() {
    test.script("create", self -> create(self, FILE_BYTES - 20_000));
    test.script("create small", self -> create(self, 10));
    test.script(
        "count",
        self -> String.valueOf(self.database().query("SELECT count(*) FROM t").one(Long.class)));
  }

  private static String create(Scripted self, int bytes) {
    self.database().exec("CREATE TABLE t(v BLOB)");
    return String.valueOf(self.database().exec("INSERT INTO t(v) VALUES (randomblob(?))", bytes));
  }

  private Path scratch() {
    return folder.resolve("scratch");
  }

  private List<Path> files(String end) throws IOException {
    return ScratchDamage.files(scratch()).stream()
        .filter(file -> file.toString().endsWith(end))
        .toList();
  }

  private long bytes() throws IOException {
    long all = 0;
    for (Path file : files(".db")) {
      all += file.toFile().length(); // 0 if it was removed meanwhile
    }
    return all;
  }

  private void create(int from, int to) {
    for (int i = from; i < to; i++) {
      get(test.call("o" + i, "create"));
    }
  }

  private void count(int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(get(test.call("o" + i, "count"))).isEqualTo("1");
    }
  }

  @Test
  void filesThatNobodyUses_takeNoMoreRoomThanTheyMay_theLastOnesStay() throws IOException {
    create(0, 20);
    TestEngine.until("there is room", () -> bytes() <= ROOM + OPEN * FILE_BYTES);
    count(20 - OPEN - 4, 20);
    assertThat(test.engine().sqlPagesRebuilt()).isZero();
    count(0, 20);
    assertThat(test.engine().sqlPagesRebuilt()).isPositive();
    test.letSleep();
    TestEngine.until("there is room", () -> bytes() <= ROOM);
    assertThat(bytes()).isGreaterThan(ROOM / 2);
    count(0, 20);
  }

  @Test
  void filesOfObjectsThatAreAwake_mayBeRemoved_butNoneThatIsOpen() throws IOException {
    CountDownLatch opened = test.latch();
    CountDownLatch goOn = test.latch();
    get(test.call("used", "create"));
    test.script(
        "long turn",
        self -> {
          self.database().exec("INSERT INTO t(v) VALUES (1)");
          opened.countDown();
          pass(goOn);
          return String.valueOf(self.database().exec("INSERT INTO t(v) VALUES (2)"));
        });
    CompletableFuture<String> turn = test.call("used", "long turn");
    pass(opened);
    create(0, 20);
    TestEngine.until("there is room", () -> bytes() <= ROOM + (1 + OPEN) * FILE_BYTES);
    count(0, 20);
    long rebuilt = test.engine().sqlPagesRebuilt();
    goOn.countDown();
    get(turn);
    assertThat(get(test.call("used", "count"))).isEqualTo("3");
    assertThat(test.engine().sqlPagesRebuilt()).isEqualTo(rebuilt);
  }

  @Test
  void afterARestart_whatIsNotMarkedIsRemoved_andTheRestCounts() throws IOException {
    create(0, 4);
    get(test.call("small", "create small"));
    test.stopEngine();
    Path past = Files.createDirectories(scratch().resolve("past")).resolve("17.db");
    Files.writeString(past, "left by a process that was killed");
    Path one = files(".db").getFirst();
    Path stray = one.resolveSibling("ab".repeat(32) + ".12.db");
    Files.writeString(stray, "left by a process that was killed");
    Files.writeString(stray.resolveSibling(stray.getFileName() + "-wal"), "its log");
    Path foreign = Files.writeString(one.resolveSibling("notes.db"), "by somebody");
    assertThat(files(".mark")).hasSize(4);
    test.renew();
    create(4, 5);
    TestEngine.until(
        "the rest is removed",
        () -> files("-wal").size() <= 1 && !Files.exists(past) && files(".db").size() == 4 + 1 + 1);
    assertThat(foreign).exists();
    assertThat(stray).doesNotExist();
    count(0, 4);
    assertThat(test.engine().sqlPagesRebuilt()).isZero();
    create(5, 10);
    test.letSleep();
    TestEngine.until("there is room", () -> bytes() <= ROOM + Files.size(foreign));
    assertThat(get(test.call("small", "count"))).isEqualTo("1");
    count(0, 10);
  }

  @Test
  void moreThanMayBeKept_leftByAnEarlierNode_isRemoved() throws IOException {
    create(0, 4);
    test.stopEngine();
    EngineOptions defaults = options(EngineOptions.defaults());
    ScratchLimits less = new ScratchLimits(2 * FILE_BYTES, 0);
    test.setOptions(defaults.withSql(defaults.sql().withScratchLimits(less)));
    test.renew();
    get(test.call("small", "create small"));
    TestEngine.until("there is room", () -> bytes() <= 2 * FILE_BYTES + 20_000);
    count(0, 4);
  }

  @Test
  void folderThatAnotherNodeUses_isAClearError_untilThatHasEnded() {
    create(0, 1);
    try (InMemoryStore store = new InMemoryStore(test.clock, Retention.DEFAULT);
        Engine second =
            Engine.start(
                options(EngineOptions.defaults()).withClock(test.clock),
                store,
                List.of(test.objectClass(TestEngine.SCRIPTED)))) {
      ScriptedCalls a = second.objects(TestEngine.SCRIPTED, ScriptedCalls.class).getByName("a");
      CompletableFuture<String> refused = test.worker(() -> a.run("create"));
      assertThat(test.failureAsTimePasses(refused))
          .isInstanceOf(HoldfastException.class)
          .hasMessageContaining("the SQL database cannot be opened")
          .hasMessageContaining(scratch().toString())
          .hasMessageContaining("locked by another node");
      count(0, 1);
      test.stopEngine();
      assertThat(test.getAsTimePasses(test.worker(() -> a.run("create")))).isEqualTo("1");
    }
    test.renew();
    count(0, 1);
  }
}
