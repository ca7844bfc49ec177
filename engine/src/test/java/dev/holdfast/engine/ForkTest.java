// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Bookmark;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.StorageException;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A new object can begin with the past of another. */
class ForkTest extends EngineSuite {
  @BeforeEach
  void scripts() {
    test.script(
        "state",
        self ->
            self.store().list(Long.class, KeyRange.all())
                + " "
                + (self.database()
                        .query("SELECT count(*) FROM sqlite_schema")
                        .one(Long.class)
                        .equals(0L)
                    ? "none"
                    : self.database().query("SELECT v FROM t").list(String.class)));
    test.script("bookmark", self -> self.store().history().current().toString());
    test.script(
        "write",
        self -> {
          self.database().exec("CREATE TABLE IF NOT EXISTS t(v TEXT)");
          self.database().exec("INSERT INTO t VALUES (?)", self.name());
          return String.valueOf(self.add("n", 1));
        });
  }

  private ObjectNamespace<ScriptedCalls> objects() {
    return test.objects();
  }

  private Bookmark bookmark(String object) {
    return Bookmark.parse(get(test.call(object, "bookmark")));
  }

  private CompletableFuture<String> fork(String source, Bookmark bookmark, String target) {
    return test.worker(
        () -> {
          ScriptedCalls made = objects().fork(objects().idFromName(source), bookmark, target);
          return made.run("state");
        });
  }

  @Test
  void fork_hasWhatTheOtherHadThen_andEachGoesItsOwnWay() {
    get(test.call("a", "write"));
    Bookmark one = bookmark("a");
    get(test.call("a", "write"));
    assertThat(get(fork("a", one, "b"))).isEqualTo("{n=1} [a]");
    assertThat(test.activations("b")).isEqualTo(1);
    get(test.call("b", "write"));
    get(test.call("a", "write"));
    test.restart();
    assertThat(get(test.call("b", "state"))).isEqualTo("{n=2} [a, b]");
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=3} [a, a, a]");
    Bookmark ofFork = bookmark("b");
    assertThat(get(fork("b", ofFork, "c"))).isEqualTo("{n=2} [a, b]");
  }

  @Test
  void forkOntoAnObjectThatExists_isRefused_andHarmsNobody() {
    get(test.call("a", "write"));
    Bookmark one = bookmark("a");
    get(test.call("b", "write"));
    assertThat(failure(fork("a", one, "b")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Scripted/b, which exists");
    assertThat(get(test.call("b", "state"))).isEqualTo("{n=1} [b]");
    test.letSleep();
    assertThat(failure(fork("a", one, "b"))).isInstanceOf(IllegalStateException.class);
    assertThat(failure(fork("a", one, "a"))).isInstanceOf(IllegalStateException.class);
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=1} [a]");
    assertThat(get(test.call("b", "state"))).isEqualTo("{n=1} [b]");
  }

  @Test
  void forkOntoAnObjectThatWasOnlyLookedAt_isFine() {
    get(test.call("a", "write"));
    Bookmark one = bookmark("a");
    assertThat(get(test.call("b", "state"))).isEqualTo("{} none");
    assertThat(get(fork("a", one, "b"))).isEqualTo("{n=1} [a]");
  }

  @Test
  void bookmarkOfAnother_orOneThatIsNotKept_isRefused() {
    get(test.call("a", "write"));
    Bookmark one = bookmark("a");
    assertThat(failure(fork("c", one, "b"))).isInstanceOf(IllegalArgumentException.class);
    test.clock.advance(Duration.ofDays(8));
    assertThat(failure(fork("a", one, "b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not kept");
    assertThat(get(test.call("b", "state"))).isEqualTo("{} none");
  }

  @Test
  void forkThatBreaksOff_isCompletedByWhoeverComesNext() {
    test.script(
        "much",
        self -> {
          for (int i = 0; i < 25_000; i++) {
            self.store().put("k" + i, 1L);
          }
          return "";
        });
    test.script(
        "count", self -> String.valueOf(self.store().list(Long.class, KeyRange.all()).size()));
    get(test.call("a", "much"));
    Bookmark full = bookmark("a");
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_APPLIED);
    failure(fork("a", full, "b"));
    assertThat(test.getAsTimePasses(test.call("b", "count"))).isEqualTo("25000");
  }

  @Test
  void forkThatBreaksOff_andIsLeftUntilTheBookmarkHasEnded_isRefused() {
    test.script(
        "much",
        self -> {
          for (int i = 0; i < 25_000; i++) {
            self.store().put("k" + i, 1L);
          }
          return "";
        });
    get(test.call("a", "much"));
    Bookmark full = bookmark("a");
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_APPLIED);
    failure(fork("a", full, "b"));
    test.clock.advance(Duration.ofDays(8));
    assertThat(test.failureAsTimePasses(test.call("b", "state")))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("half of what Scripted/");
    assertThat(get(test.call("a", "bookmark"))).isNotEmpty();
  }

  @Test
  void forkAtTheBookmarkThatUndoes_isRefusedBeforeTheOtherHasGoneBack() {
    get(test.call("a", "write"));
    Bookmark one = bookmark("a");
    get(test.call("a", "write"));
    test.script("wish", self -> self.store().history().restoreOnRestart(one).toString());
    Bookmark undo = Bookmark.parse(get(test.call("a", "wish")));
    assertThat(failure(fork("a", undo, "b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it has not yet");
    test.letSleep();
    assertThat(get(test.call("a", "state"))).isEqualTo("{n=1} [a]");
    assertThat(get(fork("a", undo, "b"))).isEqualTo("{n=2} [a, a]");
  }
}
