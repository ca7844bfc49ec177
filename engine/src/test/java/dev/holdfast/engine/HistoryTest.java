// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.KeyRange;
import dev.holdfast.LimitExceededException;
import dev.holdfast.ObjectResetException;
import dev.holdfast.Past;
import dev.holdfast.StorageException;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The past of an object can be read, and gone back to. */
class HistoryTest extends EngineSuite {
  private static final String ROWS = "SELECT v FROM t ORDER BY rowid";

  @BeforeEach
  void scripts() {
    test.script("state", HistoryTest::state);
    test.script("bookmark", self -> self.store().history().current().toString());
  }

  private static String state(Scripted self) {
    return self.store().list(Long.class, KeyRange.all())
        + " "
        + self.database().query(ROWS).list(String.class);
  }

  private static String state(Past past) {
    return past.list(Long.class, KeyRange.all()) + " " + past.query(ROWS).list(String.class);
  }

  private String run(String name, Script script) {
    test.script(name, script);
    return get(test.call("a", name));
  }

  private void write(String value) {
    run(
        "write " + value,
        self -> {
          self.database().exec("CREATE TABLE IF NOT EXISTS t(v TEXT)");
          self.database().exec("INSERT INTO t VALUES (?)", value);
          self.add("n", 1);
          self.store().put(value, 1L);
          return "";
        });
  }

  private Bookmark bookmark() {
    return Bookmark.parse(get(test.call("a", "bookmark")));
  }

  private String at(Bookmark bookmark) {
    return run("past", self -> state(self.store().history().view(bookmark)));
  }

  private void restore(Bookmark bookmark, List<Bookmark> undo) {
    run(
        "restore",
        self -> {
          undo.add(self.store().history().restoreOnRestart(bookmark));
          return "";
        });
    test.script(
        "abort",
        self -> {
          self.context().abort("to go back");
          return "";
        });
    assertThat(failure(test.call("a", "abort"))).isInstanceOf(ObjectResetException.class);
  }

  @Test
  void bookmark_showsTheStateBeforeItsTurn_whateverComesAfter() {
    write("x");
    Bookmark one = bookmark();
    write("y");
    Bookmark two = bookmark();
    write("z");
    assertThat(at(one)).isEqualTo("{n=1, x=1} [x]");
    assertThat(at(two)).isEqualTo("{n=2, x=1, y=1} [x, y]");
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=3, x=1, y=1, z=1} [x, y, z]");
    assertThat(one).isLessThan(two);
    assertThat(one.toString()).isLessThan(two.toString());
    test.restart();
    assertThat(at(one)).isEqualTo("{n=1, x=1} [x]");
  }

  @Test
  void bookmarkThatIsAskedForAgain_isTheSame_untilSomethingChanges() {
    write("x");
    Bookmark one = bookmark();
    assertThat(bookmark()).isEqualTo(one);
    test.letSleep();
    assertThat(bookmark()).as("after sleep").isEqualTo(one);
    test.restart();
    assertThat(bookmark()).as("after a restart").isEqualTo(one);
    write("y");
    Bookmark two = bookmark();
    assertThat(two).isGreaterThan(one);
    test.clock.advance(Duration.ofDays(1));
    String time = run("at", self -> self.store().history().at(self.context().now()).toString());
    test.letSleep();
    assertThat(Bookmark.parse(time)).isEqualTo(two).isEqualTo(bookmark());
  }

  @Test
  void bookmarkThatIsAskedForTwiceInATurn_isTheSame() {
    write("x");
    run(
        "twice",
        self -> {
          Bookmark one = self.store().history().current();
          assertThat(self.store().history().current()).isEqualTo(one);
          assertThat(self.store().history().at(self.context().now())).isLessThanOrEqualTo(one);
          return "";
        });
  }

  @Test
  void bookmark_isOfTheStateBeforeWhatTheSameTurnWritesAfterIt() {
    write("x");
    String text =
        run(
            "both",
            self -> {
              Bookmark before = self.store().history().current();
              self.database().exec("INSERT INTO t VALUES ('y')");
              self.add("n", 1);
              return before.toString();
            });
    assertThat(at(Bookmark.parse(text))).isEqualTo("{n=1, x=1} [x]");
  }

  @Test
  void currentAfterAWrite_isRefused_andSyncHelps() {
    write("x");
    run(
        "late",
        self -> {
          self.add("n", 1);
          assertThatThrownBy(() -> self.store().history().current())
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("sync()");
          self.store().sync();
          self.store().history().current();
          self.database().exec("INSERT INTO t VALUES ('y')");
          assertThatThrownBy(() -> self.store().history().current())
              .isInstanceOf(IllegalStateException.class);
          return "";
        });
  }

  @Test
  void restore_goesBack_andItsBookmarkUndoesThat() {
    write("x");
    Bookmark one = bookmark();
    write("y");
    write("z");
    List<Bookmark> undo = new ArrayList<>();
    restore(one, undo);
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=1, x=1} [x]");
    write("w");
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=2, w=1, x=1} [x, w]");
    assertThat(at(undo.getFirst())).isEqualTo("{n=3, x=1, y=1, z=1} [x, y, z]");
    restore(undo.getFirst(), undo);
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=3, x=1, y=1, z=1} [x, y, z]");
    restore(undo.getLast(), undo);
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=2, w=1, x=1} [x, w]");
    assertThat(
            run("check", self -> self.database().query("PRAGMA integrity_check").one(String.class)))
        .isEqualTo("ok");
  }

  @Test
  void whatIsWrittenBetweenTheWishAndTheRestart_isInTheBookmarkThatUndoes() {
    write("x");
    Bookmark one = bookmark();
    List<Bookmark> undo = new ArrayList<>();
    run(
        "wish",
        self -> {
          undo.add(self.store().history().restoreOnRestart(one));
          return "";
        });
    test.clock.advance(Duration.ofSeconds(3));
    write("y");
    test.clock.advance(Duration.ofSeconds(3));
    write("z");
    test.letSleep();
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=1, x=1} [x]");
    assertThat(at(undo.getFirst())).isEqualTo("{n=3, x=1, y=1, z=1} [x, y, z]");
  }

  private Bookmark wish(Bookmark bookmark) {
    return Bookmark.parse(
        run("wish", self -> self.store().history().restoreOnRestart(bookmark).toString()));
  }

  @Test
  void timesAndBookmarksBetweenTheWishAndTheRestart_showWhatWasThen() {
    write("x");
    Bookmark one = bookmark();
    write("y");
    Bookmark undo = wish(one);
    test.clock.advance(Duration.ofSeconds(3));
    write("z");
    Bookmark between = bookmark();
    Instant time = test.clock.now();
    test.clock.advance(Duration.ofSeconds(3));
    write("w");
    test.letSleep();
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=1, x=1} [x]");
    assertThat(at(between)).isEqualTo("{n=3, x=1, y=1, z=1} [x, y, z]");
    assertThat(
            run(
                "at",
                self -> {
                  Bookmark then = self.store().history().at(time.plusSeconds(1));
                  return state(self.store().history().view(then));
                }))
        .isEqualTo("{n=3, x=1, y=1, z=1} [x, y, z]");
    assertThat(at(undo)).isEqualTo("{n=4, w=1, x=1, y=1, z=1} [x, y, z, w]");
  }

  @Test
  void bookmarkThatUndoes_showsNothingBeforeTheRestart_andTakesTheWishBack() {
    write("x");
    Bookmark one = bookmark();
    write("y");
    Bookmark undo = wish(one);
    run(
        "early",
        self -> {
          assertThatThrownBy(() -> self.store().history().view(undo))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("it has not yet");
          return "";
        });
    assertThat(wish(undo)).isEqualTo(undo);
    write("z");
    test.restart();
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=3, x=1, y=1, z=1} [x, y, z]");
    write("w");
    assertThat(at(undo)).isEqualTo("{n=3, x=1, y=1, z=1} [x, y, z]");
    assertThat(wish(one)).as("of another going back").isNotEqualTo(undo);
  }

  @Test
  void wishOfAnObjectThatNobodyOpensForAWeek_ends() {
    write("x");
    Bookmark one = bookmark();
    write("y");
    Bookmark undo = wish(one);
    test.letSleep();
    test.clock.advance(Duration.ofDays(7));
    prune();
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=2, x=1, y=1} [x, y]");
    test.restart();
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=2, x=1, y=1} [x, y]");
    run(
        "refused",
        self -> {
          assertThatThrownBy(() -> self.store().history().view(undo))
              .hasMessageContaining("is not kept");
          return "";
        });
  }

  private void prune() {
    while (!test.store().prune(1_000).passCompleted()) {
      // It goes on where it was.
    }
  }

  /** The node dies when one commit of a call is durable and the next one is not. */
  private void dieAfterOneCommit(String script) {
    long submitted = test.store().gate().submitted();
    test.store().gate().hold();
    CompletableFuture<String> call = test.call("a", script).handle((_, _) -> "");
    test.store().gate().releaseOne();
    test.awaitSubmitted(submitted + 2);
    TestEngine.Deposed dead = test.takeOver();
    dead.store().gate().release();
    String _ =
        test.getAsTimePasses(
            test.worker(
                () -> {
                  dead.close();
                  return "";
                }));
    String _ = test.getAsTimePasses(call);
  }

  @Test
  void restoreThatBreaksOff_andIsLeftForAWeek_isRefused() {
    run(
        "many",
        self -> {
          for (int i = 0; i < 20_000; i++) {
            self.store().put("k" + i, (long) i);
          }
          return "";
        });
    Bookmark full = bookmark();
    run(
        "none",
        self -> {
          self.store().deleteAll();
          return "";
        });
    Bookmark _ = wish(full);
    test.letSleep();
    test.clock.advance(Duration.ofDays(6));
    test.script("count", self -> "" + self.store().list(Long.class, KeyRange.all()).size());
    dieAfterOneCommit("count");
    test.clock.advance(Duration.ofDays(6));
    prune();
    dieAfterOneCommit("count");
    test.clock.advance(Duration.ofDays(8));
    prune();
    Throwable refused = test.failureAsTimePasses(test.call("a", "count"));
    assertThat(refused)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("half of what Scripted/")
        .hasMessageContaining("cannot be read");
    assertThat(((StorageException) refused).retryable()).isFalse();
  }

  @Test
  void timeAtTheEndOfItsHour_isOfTheFullMinute_soThatNothingIsLostMeanwhile() {
    Instant start = test.clock.now();
    write("x");
    test.clock.advance(Duration.ofSeconds(30));
    write("y");
    test.clock.advance(Duration.ofSeconds(40));
    write("z");
    for (Duration age : List.of(Duration.ofMinutes(59), Duration.ofMinutes(59).plusSeconds(31))) {
      Instant time = start.plusSeconds(75);
      test.clock.advance(Duration.between(test.clock.now(), time.plus(age)));
      String found =
          run(
              "at",
              self -> {
                Bookmark then = self.store().history().at(time);
                test.clock.advance(Duration.ofSeconds(30));
                prune();
                return state(self.store().history().view(then));
              });
      assertThat(found)
          .isEqualTo(
              age.toMinutes() == 59 && age.toSecondsPart() == 0
                  ? "{n=3, x=1, y=1, z=1} [x, y, z]"
                  : "{n=2, x=1, y=1} [x, y]");
    }
  }

  @Test
  void restoreThatBreaksOff_goesOnWhereItWas() {
    write("x");
    run(
        "many",
        self -> {
          for (int i = 0; i < 9_000; i++) {
            self.store().put("k" + i, (long) i);
          }
          return "";
        });
    Bookmark full = bookmark();
    run(
        "change",
        self -> {
          for (int i = 0; i < 9_000; i++) {
            self.store().put("k" + i, -1L);
          }
          self.store().sync();
          for (int i = 0; i < 9_000; i++) {
            self.store().put("l" + i, -1L);
          }
          self.database().exec("DROP TABLE t");
          return "";
        });
    List<Bookmark> undo = new ArrayList<>();
    restore(full, undo);
    test.script("touch", self -> "");
    for (CommitFault fault : CommitFault.values()) {
      test.store().faults().failNextCommit(fault);
      String _ = test.getAsTimePasses(test.call("a", "touch").handle((_, _) -> ""));
    }
    run(
        "compare",
        self -> {
          for (int i = 0; i < 9_000; i++) {
            assertThat(self.store().get("k" + i, Long.class)).contains((long) i);
          }
          assertThat(self.store().list(Long.class, KeyRange.prefix("l"))).isEmpty();
          assertThat(self.database().query(ROWS).list(String.class)).containsExactly("x");
          return "";
        });
  }

  @Test
  void deleteAll_leavesBookmarks_alsoThoseOfItsOwnTurn() {
    write("x");
    Bookmark one = bookmark();
    write("y");
    String two =
        run(
            "delete",
            self -> {
              Bookmark before = self.store().history().current();
              self.store().deleteAll();
              assertThat(self.store().history().view(one).get("x", Long.class)).contains(1L);
              return before.toString();
            });
    assertThat(at(one)).isEqualTo("{n=1, x=1} [x]");
    assertThat(at(Bookmark.parse(two))).isEqualTo("{n=2, x=1, y=1} [x, y]");
    test.restart();
    List<Bookmark> undo = new ArrayList<>();
    restore(Bookmark.parse(two), undo);
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=2, x=1, y=1} [x, y]");
  }

  @Test
  void bookmarkForATime_isTheLatestMomentThatIsKept() {
    Instant start = test.clock.now();
    write("x");
    test.clock.advance(Duration.ofSeconds(10));
    write("y");
    test.clock.advance(Duration.ofSeconds(10));
    String seen =
        run(
            "at",
            self ->
                state(self.store().history().view(self.store().history().at(start.plusSeconds(5))))
                    + state(
                        self.store()
                            .history()
                            .view(self.store().history().at(start.plusSeconds(15)))));
    assertThat(seen).isEqualTo("{n=1, x=1} [x]{n=2, x=1, y=1} [x, y]");
    run(
        "wrong",
        self -> {
          assertThatThrownBy(() -> self.store().history().at(self.context().now().plusSeconds(1)))
              .hasMessageContaining("expected a time of the past");
          assertThatThrownBy(() -> self.store().history().at(start.minus(Duration.ofDays(40))))
              .hasMessageContaining("of the last PT720H");
          return "";
        });
  }

  @Test
  void restoreToTheTimeBeforeTheObjectExisted_emptiesIt() {
    Bookmark nothing = bookmark();
    write("x");
    List<Bookmark> undo = new ArrayList<>();
    restore(nothing, undo);
    assertThat(
            run(
                "empty",
                self ->
                    self.store().list(Long.class, KeyRange.all())
                        + " "
                        + self.database()
                            .query("SELECT count(*) FROM sqlite_schema")
                            .one(Long.class)))
        .isEqualTo("{} 0");
    restore(undo.getFirst(), undo);
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=1, x=1} [x]");
  }

  @Test
  void bookmarkOfAnother_orOneThatIsNotKept_isRefused() {
    write("x");
    Bookmark mine = bookmark();
    test.script("note", self -> String.valueOf(self.add("n", 1)));
    get(test.call("b", "note"));
    Bookmark other = Bookmark.parse(get(test.call("b", "bookmark")));
    Bookmark made = Bookmark.parse("0000000000000001" + mine.toString().substring(16));
    run(
        "refused",
        self -> {
          for (Bookmark wrong : List.of(other, made)) {
            assertThatThrownBy(() -> self.store().history().view(wrong))
                .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> self.store().history().restoreOnRestart(wrong))
                .isInstanceOf(IllegalArgumentException.class);
          }
          return "";
        });
    test.clock.advance(Duration.ofDays(8));
    run(
        "late",
        self -> {
          assertThatThrownBy(() -> self.store().history().view(mine))
              .hasMessageContaining("is not kept");
          return "";
        });
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=1, x=1} [x]");
  }

  @Test
  void soManyBookmarksAndNoMore_untilTheyEnd() {
    run(
        "many",
        self -> {
          Bookmark last = null;
          for (int i = 0; i < 1_000; i++) {
            self.add("n", 1);
            self.store().sync();
            last = self.store().history().current();
          }
          assertThat(self.store().history().current()).as("no other one").isEqualTo(last);
          self.add("n", 1);
          self.store().sync();
          assertThatThrownBy(() -> self.store().history().current())
              .isInstanceOf(LimitExceededException.class)
              .hasMessageContaining("1000 bookmarks");
          return "";
        });
    test.clock.advance(Duration.ofDays(8));
    bookmark();
  }

  @Test
  void pastCannotBeChanged_andEndsWithItsTurn() {
    write("x");
    Bookmark one = bookmark();
    run(
        "change",
        self -> {
          Past past = self.store().history().view(one);
          assertThatThrownBy(() -> past.query("DELETE FROM t"))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("cannot be changed");
          assertThat(past.get("x", Long.class)).contains(1L);
          assertThat(past.scan(Long.class, KeyRange.all().limit(1)).toList()).hasSize(1);
          return "";
        });
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=1, x=1} [x]");
  }
}
