// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.KeyRange;
import dev.holdfast.StorageException;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An object goes back to a moment of its past, when it is opened next. */
class RestoreTest extends HistorySuite {

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
}
