// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Bookmark;
import dev.holdfast.ObjectResetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Turns that pass the wall limit while they have the only place for a database, or wait for it. */
class SqlPlacesTest extends ScratchSuite {
  private static final Duration MOST_OF_THE_LIMIT = Duration.ofSeconds(20);

  SqlPlacesTest() {
    super(1);
  }

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    EngineOptions options = super.options(defaults);
    return options.withEvents(options.events().withCallTimeout(Duration.ofMinutes(10)));
  }

  @BeforeEach
  void scripts() {
    test.script(
        "create",
        self -> String.valueOf(self.database().exec("CREATE TABLE t(n INTEGER PRIMARY KEY)")));
    test.script("insert", SqlPlacesTest::insert);
    test.script(
        "count",
        self -> String.valueOf(self.database().query("SELECT count(*) FROM t").one(Long.class)));
    get(test.call("a", "create"));
    get(test.call("b", "create"));
  }

  private static String insert(Scripted self) {
    return String.valueOf(self.database().exec("INSERT INTO t VALUES (NULL)"));
  }

  private static void passesTheWallLimit(HeldTurn turn) {
    assertThat(failure(turn.result()))
        .isInstanceOf(ObjectResetException.class)
        .hasMessageContaining("wall limit");
  }

  private void awaitLeftOver() {
    TestEngine.until("it has ended", () -> test.engine().leftOverThreads() == 0);
  }

  @Test
  void turnThatDoesNotEnd_keepsItsPlaceFromNobody_onceItIsDiscarded() {
    List<HeldTurn> stuck = new ArrayList<>();
    for (int round = 1; round <= 3; round++) {
      HeldTurn turn = HeldTurn.after(test, "a", SqlPlacesTest::insert);
      stuck.add(turn);
      test.clock.advance(MOST_OF_THE_LIMIT);
      CompletableFuture<String> waiting = test.object("b").later("insert");
      test.clock.advance(MOST_OF_THE_LIMIT);
      passesTheWallLimit(turn);
      assertThat(get(waiting)).isEqualTo("1");
      assertThat(get(test.call("b", "count"))).isEqualTo(String.valueOf(round));
      assertThat(get(test.call("a", "count"))).isEqualTo("0");
    }
    stuck.forEach(HeldTurn::goOn);
    awaitLeftOver();
    assertThat(get(test.call("a", "insert"))).isEqualTo("1");
    assertThat(get(test.call("b", "count"))).isEqualTo("3");
  }

  @Test
  void turnThatDoesNotEnd_keepsThatOfAPastMomentFromNobodyEither() {
    test.script("mark", self -> self.store().history().current().toString());
    Bookmark mark = Bookmark.parse(get(test.call("a", "mark")));
    Script look =
        self ->
            String.valueOf(
                self.store().history().view(mark).query("SELECT count(*) FROM t").one(Long.class));
    HeldTurn stuck = HeldTurn.after(test, "a", look);
    test.clock.advance(Duration.ofSeconds(31));
    passesTheWallLimit(stuck);
    assertThat(get(test.call("b", "insert"))).isEqualTo("1");
    stuck.goOn();
    awaitLeftOver();
    assertThat(get(test.call("b", "count"))).isEqualTo("1");
  }

  @Test
  void turnThatWaits_andIsDiscardedMeanwhile_leavesTheFileAsItIs() {
    test.letSleep();
    CompletableFuture<Thread> late = new CompletableFuture<>();
    HeldTurn waiting =
        HeldTurn.between(
            test,
            "a",
            _ -> "",
            self -> {
              late.complete(Thread.currentThread());
              return insert(self);
            });
    test.clock.advance(MOST_OF_THE_LIMIT);
    HeldTurn holding = HeldTurn.after(test, "b", SqlPlacesTest::insert);
    waiting.goOn();
    TestEngine.awaitWaiting(get(late));
    test.clock.advance(MOST_OF_THE_LIMIT);
    passesTheWallLimit(waiting);

    holding.goOn();
    assertThat(get(holding.result())).isEqualTo("held");
    awaitLeftOver();
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
    assertThat(test.engine().sqlPagesRebuilt()).isZero();
  }

  @Test
  void turnThatIsDiscardedWhileItsDatabaseIsOpened_andDoesNotEnd_keepsThePlaceFromNobody()
      throws IOException {
    test.stopEngine();
    for (Path file : files("")) {
      Files.delete(file);
    }
    HeldReads store = new HeldReads(test.store());
    test.renewOver(store);
    CountDownLatch reading = test.latch();
    CountDownLatch goOnReading = test.latch();
    store.beforeNextScan(
        () -> {
          reading.countDown();
          pass(goOnReading);
        });
    CountDownLatch caught = test.latch();
    CountDownLatch end = test.latch();
    test.script(
        "blocks",
        self -> {
          try {
            return insert(self);
          } finally {
            caught.countDown();
            pass(end);
          }
        });
    CompletableFuture<String> blocking = test.object("a").later("blocks");
    pass(reading);
    test.clock.advance(Duration.ofSeconds(31));
    assertThat(failure(blocking))
        .isInstanceOf(ObjectResetException.class)
        .hasMessageContaining("wall limit");
    goOnReading.countDown();
    pass(caught);

    assertThat(get(test.call("b", "insert"))).isEqualTo("1");
    end.countDown();
    awaitLeftOver();
    assertThat(get(test.call("a", "insert"))).isEqualTo("1");
    assertThat(get(test.call("b", "count"))).isEqualTo("1");
  }
}
