// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Bookmark;
import dev.holdfast.engine.sql.page.ScratchLimits;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** However many objects use their databases at once, only so many files are open. */
class SqlBurstTest extends ScratchSuite {
  private static final int OPEN = 20;
  private static final int OBJECTS = 2_000;
  private static final int CYCLES = 2_000;

  /**
   * Of each the database, and its log twice. The system does not list all files at one moment, so
   * some are listed that were closed by then.
   */
  private static final int AT_MOST = 2 * 3 * OPEN;

  private final AtomicInteger most = new AtomicInteger();

  SqlBurstTest() {
    super(OPEN);
  }

  /** Files that are not large are not marked, which would sync each. */
  @Override
  protected EngineOptions options(EngineOptions defaults) {
    EngineOptions options = super.options(defaults);
    return options.withSql(options.sql().withScratchLimits(ScratchLimits.DEFAULT));
  }

  @BeforeEach
  void scripts() throws IOException {
    look();
    test.script(
        "create",
        self -> {
          self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");
          look();
          return "";
        });
    test.script(
        "insert",
        self -> {
          String inserted = String.valueOf(self.database().exec("INSERT INTO t VALUES (NULL)"));
          look();
          return inserted;
        });
    test.script(
        "count",
        self -> String.valueOf(self.database().query("SELECT count(*) FROM t").one(Long.class)));
  }

  private void look() throws IOException {
    most.accumulateAndGet(openFiles("").size(), Math::max);
  }

  private void assertFewWereOpen() {
    assertThat(most.get()).isPositive().isLessThan(AT_MOST);
  }

  private void all(int objects, String script) {
    List<CompletableFuture<String>> calls =
        IntStream.range(0, objects).mapToObj(i -> test.call("o" + i, script)).toList();
    calls.forEach(TestEngine::get);
  }

  @Test
  void burstOfFirstCalls_opensNoMoreThanMayBeOpen_andNothingIsLost() {
    all(OBJECTS, "create");
    all(OPEN * 10, "insert");
    assertFewWereOpen();
    for (int i = 0; i < OPEN * 10; i++) {
      assertThat(get(test.call("o" + i, "count"))).isEqualTo("2");
    }
    assertThat(test.engine().sqlPagesRebuilt()).isZero();
  }

  @Test
  void activationsThatEndMeanwhile_countUntilTheirDatabasesAreClosed() {
    test.script(
        "create and delete",
        self -> {
          self.database().exec("CREATE TABLE t(n)");
          look();
          self.store().deleteAll();
          return "";
        });
    all(OPEN * 20, "create and delete");
    assertFewWereOpen();
  }

  @Test
  void databaseThatIsOpenedAndClosedOverAndOver_leavesNoFileOpen() throws IOException {
    all(OPEN + 1, "create");
    look();
    int before = openFiles().size();
    for (int cycle = 0; cycle < CYCLES; cycle++) {
      // Each was closed for one of the others since.
      assertThat(get(test.call("o" + cycle % (OPEN + 1), "insert"))).isEqualTo("1");
    }
    assertFewWereOpen();
    assertThat(openFiles().size()).isLessThan(before + AT_MOST);
    assertThat(test.engine().sqlPagesRebuilt()).isZero();
  }

  @Test
  void turnsThatUseAll_letTheNextOneWaitUntilOneEnds() {
    CountDownLatch go = test.latch();
    AtomicInteger using = new AtomicInteger();
    test.script(
        "hold",
        self -> {
          self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY)");
          using.incrementAndGet();
          pass(go);
          look();
          return "";
        });
    List<CompletableFuture<String>> holding =
        IntStream.range(0, OPEN).mapToObj(i -> test.call("h" + i, "hold")).toList();
    TestEngine.until("all are in use", () -> using.get() == OPEN);
    List<CompletableFuture<String>> waiting =
        IntStream.range(0, OPEN * 5).mapToObj(i -> test.call("o" + i, "create")).toList();
    go.countDown();
    holding.forEach(TestEngine::get);
    waiting.forEach(TestEngine::get);
    assertFewWereOpen();
  }

  @Test
  void turnThatHasOneOpen_waitsForNoOther() {
    CountDownLatch go = test.latch();
    AtomicInteger using = new AtomicInteger();
    all(OPEN, "create");
    List<Bookmark> marks =
        IntStream.range(0, OPEN).mapToObj(i -> Bookmark.parse(mark("o" + i))).toList();
    test.script(
        "both",
        self -> {
          long now = self.database().query("SELECT count(*) FROM t").one(Long.class);
          if (using.incrementAndGet() == OPEN) {
            go.countDown();
          }
          pass(go);
          int index = Integer.parseInt(self.name().substring(1));
          return now
              + " "
              + self.store()
                  .history()
                  .view(marks.get(index))
                  .query("SELECT count(*) FROM t")
                  .one(Long.class);
        });
    List<CompletableFuture<String>> calls =
        IntStream.range(0, OPEN).mapToObj(i -> test.call("o" + i, "both")).toList();
    calls.forEach(call -> assertThat(get(call)).isEqualTo("1 1"));
    all(OPEN, "insert");
  }

  private String mark(String object) {
    test.script(
        "mark",
        self -> {
          self.store().sync();
          return self.store().history().current().toString();
        });
    return get(test.call(object, "mark"));
  }
}
