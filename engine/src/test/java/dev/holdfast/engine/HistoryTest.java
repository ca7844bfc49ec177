// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.KeyRange;
import dev.holdfast.LimitExceededException;
import dev.holdfast.Past;
import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.Pin;
import dev.holdfast.store.Retention;
import dev.holdfast.store.memory.InMemoryStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The past of an object can be read, by bookmarks and by times. */
class HistoryTest extends HistorySuite {

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

  /** What the object had then, as it tells itself. */
  private String at(Instant time) {
    return run("at", self -> state(self.store().history().view(self.store().history().at(time))));
  }

  /** Writes {@code x}, {@code y} and {@code z}, with so much time between them. */
  private void writeThree(Duration first, Duration second) {
    write("x");
    test.clock.advance(first);
    write("y");
    test.clock.advance(second);
    write("z");
  }

  @Test
  void timeAtTheEndOfItsHour_isOfTheFullMinute_soThatNothingIsLostMeanwhile() {
    Instant start = test.clock.now();
    writeThree(Duration.ofSeconds(30), Duration.ofSeconds(40));
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

  private void begin(TestEngine other) {
    test.close();
    test = other;
    scripts();
  }

  @Test
  void bookmarkThatIsAskedForAllTheTime_isPinnedNowAndThen() {
    Set<Pin> pins = ConcurrentHashMap.newKeySet();
    begin(
        new TestEngine(
            EngineOptions.defaults(), SocketLimits.DEFAULT, clock -> noting(pins, clock)));
    write("x");
    Bookmark one = bookmark();
    for (int i = 0; i < 600; i++) {
      test.clock.advance(Duration.ofSeconds(1));
      assertThat(bookmark()).isEqualTo(one);
    }
    assertThat(pins).hasSizeBetween(1, 2);
  }

  /** A store that tells what its commits pin. */
  private static ObjectStore noting(Set<Pin> pins, InstantSource clock) {
    InMemoryStore store = new InMemoryStore(clock, Retention.DEFAULT);
    return (ObjectStore)
        Proxy.newProxyInstance(
            ObjectStore.class.getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (_, method, arguments) -> {
              if (method.getName().equals("submit") && arguments[0] instanceof CommitGroup group) {
                group.commits().forEach(commit -> pins.addAll(commit.pins()));
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void timeThatALongTurnAskedFor_isKept_thoughTheRuleLetsItGoMeanwhile() {
    begin(
        new TestEngine(
            EngineOptions.defaults()
                .withEvents(
                    EngineOptions.EventLimits.DEFAULT
                        .withCallTimeout(Duration.ofMinutes(10))
                        .withWallLimit(Duration.ofMinutes(5)))));
    Instant start = test.clock.now();
    writeThree(Duration.ofSeconds(90), Duration.ofSeconds(10));
    test.clock.advance(Duration.ofMinutes(58));
    String then =
        run(
            "at",
            self -> {
              Bookmark found = self.store().history().at(start.plusSeconds(95));
              String state = state(self.store().history().view(found));
              test.clock.advance(Duration.ofMinutes(4));
              prune();
              return found + " " + state;
            });
    String[] found = then.split(" ", 2);
    assertThat(at(Bookmark.parse(found[0]))).isEqualTo(found[1]);
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
    assertThat(at(start.plusSeconds(5))).isEqualTo("{n=1, x=1} [x]");
    assertThat(at(start.plusSeconds(15))).isEqualTo("{n=2, x=1, y=1} [x, y]");
    run(
        "wrong",
        self -> {
          assertThatThrownBy(() -> self.store().history().at(self.context().now().plusSeconds(1)))
              .hasMessageContaining("expected a time of the past");
          assertThatThrownBy(() -> self.store().history().at(start.minus(Duration.ofDays(40))))
              .hasMessageContaining("of the last 720 hours");
          return "";
        });
  }

  @Test
  void timeWhoseMomentsAreRemoved_isRefused_andSinceWhenAllIsKeptIsSaid() {
    Duration second = Duration.ofSeconds(1);
    Retention narrow = new Retention(second, second, second);
    begin(
        new TestEngine(
            EngineOptions.defaults(),
            SocketLimits.DEFAULT,
            clock -> new InMemoryStore(clock, narrow)));
    Instant start = test.clock.now();
    write("x");
    Instant changed = start.plus(Duration.ofMinutes(70));
    test.clock.advance(Duration.between(start, changed));
    write("y");
    test.clock.advance(Duration.ofSeconds(10));
    prune();
    test.restart();
    Instant before = changed.minus(Duration.ofMinutes(5));
    run(
        "removed",
        self -> {
          assertThatThrownBy(() -> self.store().history().at(before))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining(
                  "a time that is kept, from %s on, found %s", changed.plusSeconds(1), before)
              .hasMessageContaining("removed by a rule that kept less, or while the clock was");
          return "";
        });
    assertThat(at(changed.plusSeconds(1))).isEqualTo("{n=2, x=1, y=1} [x, y]");
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
