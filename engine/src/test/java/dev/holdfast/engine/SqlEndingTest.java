// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectResetException;
import dev.holdfast.engine.sql.page.ScratchLimits;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Activations end at any time, and their databases with them. */
class SqlEndingTest extends ScratchSuite {
  private static final int CYCLES = Boolean.getBoolean("holdfast.thorough") ? 2_000 : 30;
  private static final int OBJECTS = 20;

  SqlEndingTest() {
    super(OBJECTS);
  }

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    EngineOptions options = super.options(defaults);
    return options
        .withEvents(options.events().withCallTimeout(Duration.ofMinutes(10)))
        .withSql(options.sql().withScratchLimits(ScratchLimits.DEFAULT));
  }

  @BeforeEach
  void scripts() {
    test.script(
        "create",
        self -> String.valueOf(self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY)")));
    test.script("insert", SqlEndingTest::insert);
    test.script(
        "count",
        self -> String.valueOf(self.database().query("SELECT count(*) FROM t").one(Long.class)));
    get(test.call("a", "create"));
  }

  private static String insert(Scripted self) {
    return String.valueOf(self.database().exec("INSERT INTO t VALUES (NULL)"));
  }

  @Test
  void statementThatDoesNotEnd_isEndedAtTheWallLimit_andTheNextActivationGoesOnAtOnce() {
    for (int i = 1; i <= 10; i++) {
      CountDownLatch running = test.latch();
      test.script(
          "endless",
          self -> {
            insert(self);
            running.countDown();
            return self.database()
                .query(
                    "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i) SELECT count(*) FROM i")
                .one(String.class);
          });
      CompletableFuture<String> endless = test.object("a").later("endless");
      pass(running);
      test.clock.advance(Duration.ofSeconds(31));
      assertThat(failure(endless)).isInstanceOf(ObjectResetException.class);
      assertThat(get(test.call("a", "insert"))).isEqualTo("1");
      assertThat(get(test.call("a", "count"))).isEqualTo(String.valueOf(i));
      TestEngine.until("its thread has ended", () -> test.engine().leftOverThreads() == 0);
    }
  }

  @Test
  void moreThanMayBeOpen_closesTheOldestAlone() throws IOException {
    for (int i = 0; i < OBJECTS; i++) {
      get(test.call("o" + i, "create"));
    }
    get(test.call("a", "insert"));
    for (int round = 0; round < 20; round++) {
      for (int i = 1; i < OBJECTS; i++) {
        get(test.call("o" + i, "insert"));
      }
    }
    TestEngine.until("one is closed", () -> open("-wal") <= OBJECTS);
    assertThat(open("-wal")).isEqualTo(OBJECTS);
  }

  @Test
  void filesOfDatabases_areClosedWithThem() throws IOException {
    for (int cycle = 0; cycle < CYCLES; cycle++) {
      get(test.call("a", "insert"));
      switch (cycle % 4) {
        case 0 -> test.letSleep();
        case 1 -> {
          test.script(
              "abort",
              self -> {
                insert(self);
                self.context().abort("on purpose");
                return "";
              });
          failure(test.call("a", "abort"));
        }
        case 2 -> {
          test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
          failure(test.call("a", "insert"));
        }
        default -> test.restart();
      }
    }
    assertThat(get(test.call("a", "count"))).isEqualTo(String.valueOf(CYCLES));
    test.letSleep();
    TestEngine.until("all is closed", () -> open(".db") + open("-wal") == 0);
    test.stopEngine();
    test.renew();
  }

  private long open(String end) throws IOException {
    return openFiles(end).stream().distinct().count();
  }
}
