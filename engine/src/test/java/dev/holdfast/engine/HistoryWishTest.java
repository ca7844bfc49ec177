// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.KeyRange;
import dev.holdfast.LimitExceededException;
import dev.holdfast.Past;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Between the wish to go back and the going back an object goes on as ever, its past too. */
class HistoryWishTest extends EngineSuite {
  private static final String ROWS = "SELECT v FROM t ORDER BY rowid";

  @BeforeEach
  void scripts() {
    test.script(
        "state",
        self ->
            self.store().list(Long.class, KeyRange.all())
                + " "
                + self.database().query(ROWS).list(String.class));
    test.script("bookmark", self -> self.store().history().current().toString());
  }

  private String run(String name, Script script) {
    test.script(name, script);
    return get(test.call("a", name));
  }

  private void write(String value) {
    run(
        "write",
        self -> {
          self.database().exec("CREATE TABLE IF NOT EXISTS t(v TEXT)");
          self.database().exec("INSERT INTO t VALUES (?)", value);
          return String.valueOf(self.add("n", 1));
        });
  }

  private Bookmark bookmark() {
    return Bookmark.parse(get(test.call("a", "bookmark")));
  }

  private Bookmark wish(Bookmark to) {
    return Bookmark.parse(
        run("wish", self -> self.store().history().restoreOnRestart(to).toString()));
  }

  private String at(Bookmark bookmark) {
    return run("past", self -> state(self.store().history().view(bookmark)));
  }

  private static String state(Past past) {
    return past.list(Long.class, KeyRange.all()) + " " + past.query(ROWS).list(String.class);
  }

  @Test
  void bookmarkThatIsHandedOutAfterAWish_keepsItsMoment() {
    write("x");
    Bookmark one = bookmark();
    Bookmark _ = wish(one);
    write("y");
    Bookmark two = bookmark();
    assertThat(at(two)).isEqualTo("{n=2} [x, y]");
    test.clock.advance(Duration.ofSeconds(2));
    write("z");
    assertThat(at(two)).isEqualTo("{n=2} [x, y]");
  }

  @Test
  void timeAfterAWish_isFound() {
    write("x");
    Bookmark one = bookmark();
    Bookmark _ = wish(one);
    write("y");
    Instant y = test.clock.now();
    test.clock.advance(Duration.ofSeconds(4));
    write("z");
    test.clock.advance(Duration.ofSeconds(2));
    assertThat(
            run(
                "at",
                self ->
                    state(
                        self.store().history().view(self.store().history().at(y.plusSeconds(2))))))
        .isEqualTo("{n=2} [x, y]");
  }

  @Test
  void wishThatIsRefused_isAsIfItHadNotBeenMade() {
    CompletableFuture<String> never = new CompletableFuture<>();
    test.script("wait", self -> self.context().await(never));
    CompletableFuture<String> _ = test.call("a", "wait");
    write("x");
    run(
        "refused",
        self -> {
          Bookmark last = self.store().history().current();
          for (int i = 1; i < 1_000; i++) {
            self.add("n", 1);
            self.store().sync();
            last = self.store().history().current();
          }
          Bookmark to = last;
          assertThatThrownBy(() -> self.store().history().restoreOnRestart(to))
              .isInstanceOf(LimitExceededException.class);
          return "";
        });
    test.clock.advance(Duration.ofDays(8));
    write("y");
    Bookmark two = bookmark();
    write("z");
    assertThat(at(two)).isEqualTo("{n=1001} [x, y]");
    never.complete("");
  }

  @Test
  void bookmarkThatIsHandedOutAgain_isKeptAsLongAsAnyOther() {
    CompletableFuture<String> never = new CompletableFuture<>();
    test.script("wait", self -> self.context().await(never));
    CompletableFuture<String> _ = test.call("a", "wait");
    write("x");
    Bookmark one = bookmark();
    test.clock.advance(Duration.ofDays(7).minusHours(1));
    assertThat(bookmark()).isEqualTo(one);
    test.clock.advance(Duration.ofHours(2));
    assertThat(at(one)).isEqualTo("{n=1} [x]");
    never.complete("");
  }

  @Test
  void wishOfATurnThatDeletesAll_isFulfilled() {
    write("x");
    Bookmark one = bookmark();
    write("y");
    Bookmark undo =
        Bookmark.parse(
            run(
                "wish and delete",
                self -> {
                  self.database().exec("INSERT INTO t VALUES ('gone')");
                  Bookmark back = self.store().history().restoreOnRestart(one);
                  self.store().deleteAll();
                  self.database().exec("CREATE TABLE t(v)");
                  self.add("n", 7);
                  return back.toString();
                }));
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=7} []");
    test.letSleep();
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=1} [x]");
    assertThat(at(undo)).isEqualTo("{n=7} []");
  }
}
