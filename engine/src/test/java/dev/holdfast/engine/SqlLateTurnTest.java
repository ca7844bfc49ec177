// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static dev.holdfast.engine.TestEngine.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Bookmark;
import dev.holdfast.Past;
import dev.holdfast.engine.sql.page.ScratchLimits;
import dev.holdfast.store.memory.InMemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A turn that does not end with its engine harms no database of the next one. */
class SqlLateTurnTest extends EngineSuite {
  private static final int ROWS = 300;

  @TempDir Path scratch;

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    return defaults.withSql(
        defaults.sql().withScratch(scratch).withScratchLimits(new ScratchLimits(1L << 30, 0)));
  }

  @BeforeEach
  void a_database_that_is_at_rest() {
    test.script(
        "create",
        self -> {
          self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY, v TEXT)");
          return insert(self, "first");
        });
    test.script("insert", self -> insert(self, "next"));
    test.script(
        "rows",
        self ->
            self.database().query("SELECT count(*) FROM t").one(Long.class)
                + " "
                + self.database().query("PRAGMA integrity_check").one(String.class));
    get(test.call("a", "create"));
    test.letSleep();
  }

  private static String insert(Scripted self, String value) {
    for (int i = 0; i < ROWS; i++) {
      self.database().exec("INSERT INTO t(v) VALUES (?)", value.repeat(100));
    }
    return "";
  }

  /** Stops the engine, a turn of which does not end, and has the next one insert; tells which. */
  private Engine nextEngine(InMemoryStore store) {
    test.stopEngine();
    Engine before = test.engine();
    test.renewOver(store);
    get(test.call("a", "insert"));
    return before;
  }

  private static void awaitEnd(Engine before) {
    until("the late turn has ended", () -> before.leftOverThreads() == 0);
  }

  private long files(String end) throws IOException {
    try (Stream<Path> all = Files.walk(scratch)) {
      return all.filter(path -> path.toString().endsWith(end)).count();
    }
  }

  @Test
  void turnBetweenTwoStatements_goesOnBesideTheNextEngine() throws IOException {
    HeldTurn late =
        HeldTurn.between(test, "a", self -> insert(self, "late"), self -> insert(self, "too late"));
    Engine before = nextEngine(test.store());
    long rebuilt = test.engine().sqlPagesRebuilt();
    assertThat(rebuilt).as("the file of before is not used").isPositive();

    late.goOn();
    awaitEnd(before);

    get(test.call("a", "insert"));
    assertThat(get(test.call("a", "rows"))).isEqualTo(3 * ROWS + " ok");
    test.letSleep();
    assertThat(get(test.call("a", "rows"))).isEqualTo(3 * ROWS + " ok");
    assertThat(test.engine().sqlPagesRebuilt()).as("its file is used again").isEqualTo(rebuilt);
    test.restart();
    assertThat(get(test.call("a", "rows"))).isEqualTo(3 * ROWS + " ok");
    assertThat(test.engine().sqlPagesRebuilt()).as("and after a restart").isZero();
    assertThat(files(".db")).isEqualTo(1);
  }

  @Test
  void turnBetweenTwoStatements_isStillThereWhenTheNextEngineEndsToo() throws IOException {
    HeldTurn late =
        HeldTurn.between(test, "a", self -> insert(self, "late"), self -> insert(self, "too late"));
    Engine before = nextEngine(test.store());
    test.stopEngine();

    late.goOn();
    awaitEnd(before);

    test.renew();
    assertThat(get(test.call("a", "rows"))).isEqualTo(2 * ROWS + " ok");
    assertThat(test.engine().sqlPagesRebuilt()).as("the file of before is used").isZero();
    assertThat(files(".db")).isEqualTo(1);
  }

  @Test
  void readOfAPastMoment_thatEndsAfterItsEngine_leavesNothingInTheNext() throws IOException {
    test.script("mark", self -> self.store().history().current().toString());
    Bookmark mark = Bookmark.parse(get(test.call("a", "mark")));
    test.stopEngine();
    InMemoryStore kept = test.store();
    HeldReads store = new HeldReads(kept);
    test.renewOver(store);
    CountDownLatch reading = test.latch();
    CountDownLatch goOn = test.latch();
    test.script(
        "look",
        self -> {
          Past then = self.store().history().view(mark);
          store.beforeNextGet(
              () -> {
                reading.countDown();
                pass(goOn);
              });
          return String.valueOf(then.query("SELECT count(*) FROM t").one(Long.class));
        });
    var _ = test.object("a").later("look");
    pass(reading);
    Engine before = nextEngine(kept);

    goOn.countDown();
    awaitEnd(before);

    assertThat(files(".db")).isEqualTo(1);
    assertThat(files(".db-wal")).isEqualTo(1);
  }
}
