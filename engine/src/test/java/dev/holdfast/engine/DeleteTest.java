// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectId;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Deleting objects: wholly, their past included, and whatever state they are in. */
class DeleteTest extends DeleteSuite {
  // ---------------------------------------------------------------- what is gone

  @Test
  void delete_leavesNothing_andTheNextCallFindsAnEmptyObject() {
    get(test.call("a", "add"));
    get(test.call("b", "add"));

    assertThat(get(delete("a"))).isTrue();
    assertThat(isStored("a")).isFalse();
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
    assertThat(test.activations("a")).isEqualTo(2);
    assertThat(get(test.call("a", "add"))).isEqualTo("1");
    assertThat(get(test.call("b", "get"))).isEqualTo("{n=1}");
    test.restart();
    assertThat(get(test.call("a", "get"))).isEqualTo("{n=1}");
  }

  @Test
  void delete_isDurableBeforeItReturns() {
    get(test.call("a", "add"));
    get(delete("a"));
    test.takeOver().close();

    assertThat(isStored("a")).isFalse();
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
  }

  @Test
  void deleteOfOneAsleep_wakesNoCodeOfIt() {
    get(test.call("a", "add"));
    test.letSleep();

    assertThat(get(delete("a"))).isTrue();
    assertThat(test.activations("a")).isEqualTo(1);
    assertThat(test.engine().activations()).isZero();
    assertThat(isStored("a")).isFalse();
  }

  @Test
  void deleteOfWhatDoesNotExist_doesNothing() {
    assertThat(get(delete("a"))).isFalse();
    assertThat(get(delete("a"))).isFalse();
    assertThat(test.store().gate().submitted()).isZero();
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
    assertThat(get(delete("a"))).isFalse();
    get(test.call("a", "add"));
    assertThat(get(delete("a"))).isTrue();
    assertThat(get(delete("a"))).isFalse();
  }

  @Test
  void anIdOfAnotherNamespace_isRefused() {
    ObjectId foreign = test.objects(TestEngine.LONER).idFromName("a");

    assertThat(failure(test.worker(() -> objects().delete(foreign))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not valid for namespace Scripted");
  }

  @Test
  void volatileState_isGoneToo() {
    test.script("remember", self -> String.valueOf(++self.memory));
    get(test.call("a", "remember"));
    assertThat(get(test.call("a", "remember"))).isEqualTo("2");
    get(delete("a"));
    assertThat(get(test.call("a", "remember"))).isEqualTo("1");
  }

  @Test
  void timers_areCancelled() {
    AtomicInteger ticks = new AtomicInteger();
    test.script(
        "timer",
        self -> {
          self.context().schedule(Duration.ofSeconds(5), ticks::incrementAndGet);
          return String.valueOf(self.add("n", 1));
        });
    get(test.call("a", "timer"));
    get(delete("a"));
    test.clock.advance(Duration.ofSeconds(30));
    test.awaitRun("a");

    assertThat(ticks).hasValue(0);
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
  }

  // ---------------------------------------------------------------- the past

  @Test
  void oldBookmarks_areRefused_alsoByOneThatBeginsInTheSameSecond() {
    get(test.call("a", "add"));
    Bookmark old = bookmark("a");
    get(delete("a"));
    get(test.call("a", "add"));
    Bookmark fresh = bookmark("a");
    assertThat(fresh).isNotEqualTo(old);

    test.script("view", self -> self.store().history().view(old).toString());
    assertThat(failure(test.call("a", "view")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not kept");
    test.script("restore", self -> self.store().history().restoreOnRestart(old).toString());
    assertThat(failure(test.call("a", "restore")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not kept");
    assertThat(failure(test.worker(() -> objects().fork(id("a"), old, "copy"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not kept");
    assertThat(isStored("copy")).isFalse();
    assertThat(get(test.call("a", "get"))).isEqualTo("{n=1}");
  }

  @Test
  void bookmarksOfWhatDoesNotExist_stillCreateNothing() {
    get(test.call("a", "add"));
    get(delete("a"));
    Bookmark empty = bookmark("a");
    assertThat(bookmark("never")).extracting(Bookmark::moment).isEqualTo(empty.moment());
    test.clock.advance(Duration.ofSeconds(10));
    assertThat(bookmark("a")).isEqualTo(empty);

    assertThat(isStored("a")).isFalse();
    assertThat(isStored("never")).isFalse();
    get(test.call("a", "add"));
    test.script("restore", self -> self.store().history().restoreOnRestart(empty).toString());
    get(test.call("a", "restore"));
    test.restart();
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
  }

  @Test
  void theHistoryOfTheNextOne_beginsEmpty() {
    get(test.call("a", "add"));
    test.clock.advance(Duration.ofSeconds(10));
    get(delete("a"));
    test.clock.advance(Duration.ofSeconds(10));
    get(test.call("a", "add"));
    test.script(
        "past",
        self -> {
          var history = self.store().history();
          var then = history.at(self.context().now().minusSeconds(15));
          return history.view(then).list(Long.class, KeyRange.all()).toString();
        });

    assertThat(get(test.call("a", "past"))).isEqualTo("{}");
  }

  @Test
  void aWishToGoBack_goesWithTheObject() {
    get(test.call("a", "add"));
    Bookmark one = bookmark("a");
    get(test.call("a", "add"));
    test.script("restore", self -> self.store().history().restoreOnRestart(one).toString());
    get(test.call("a", "restore"));
    get(delete("a"));
    test.restart();

    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
  }

  @Test
  void forksOfIt_stay_andANewForkOntoItsNameIsFine() {
    get(test.call("a", "add"));
    get(test.worker(() -> objects().fork(id("a"), bookmark("a"), "b").run("get")));
    get(delete("a"));

    assertThat(get(test.call("b", "get"))).isEqualTo("{n=1}");
    Bookmark ofFork = bookmark("b");
    assertThat(get(test.worker(() -> objects().fork(id("b"), ofFork, "a").run("get"))))
        .isEqualTo("{n=1}");
  }

  private void writeMuch(String name) {
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
    get(test.call(name, "much"));
  }

  /** A fork reads its source part by part; nobody may ever see a part of it alone. */
  @Test
  void aForkThatIsMadeWhileItsSourceIsDeleted_isWholeOrNotThere() {
    for (int parts = 1; parts <= 3; parts++) {
      writeMuch("a");
      Bookmark full = bookmark("a");
      long before = test.store().gate().submitted();
      test.store().gate().hold();
      CompletableFuture<ScriptedCalls> fork = test.worker(() -> objects().fork(id("a"), full, "b"));
      for (int i = 1; i < parts; i++) {
        test.awaitSubmitted(before + i);
        test.store().gate().releaseOne();
      }
      test.awaitSubmitted(before + parts);
      CompletableFuture<Boolean> deleted = delete("a");
      test.awaitSubmitted(before + parts + 1);
      test.store().gate().release();
      get(deleted);
      boolean made = get(fork.handle((done, failed) -> failed == null));
      assertThat(made).isEqualTo(parts == 3);
      assertThat(isStored("b")).isEqualTo(made);
      assertThat(get(test.call("b", "count"))).isEqualTo(made ? "25000" : "0");
      get(delete("b"));
    }
  }

  @Test
  void aForkThatBrokeOff_andWhoseSourceIsDeleted_isGone() {
    writeMuch("a");
    Bookmark full = bookmark("a");
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_APPLIED);
    failure(test.worker(() -> objects().fork(id("a"), full, "b")));
    assertThat(isStored("b")).isTrue();
    get(delete("a"));

    assertThat(test.getAsTimePasses(test.call("b", "count"))).isEqualTo("0");
    assertThat(isStored("b")).isFalse();
  }

  @Test
  void aForkThatBrokeOff_canBeDeleted() {
    writeMuch("a");
    Bookmark full = bookmark("a");
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_APPLIED);
    failure(test.worker(() -> objects().fork(id("a"), full, "b")));

    assertThat(get(delete("b"))).isTrue();
    assertThat(get(test.call("b", "count"))).isEqualTo("0");
    assertThat(get(test.call("a", "count"))).isEqualTo("25000");
  }

  // ---------------------------------------------------------------- who asks

  @Test
  void anotherObject_mayDelete() {
    get(test.call("a", "add"));
    test.script(
        "deleteA", self -> String.valueOf(test.objects().delete(id("a"))) + self.add("n", 1));

    assertThat(get(test.call("b", "deleteA"))).isEqualTo("true1");
    assertThat(isStored("a")).isFalse();
    assertThat(get(test.call("b", "get"))).isEqualTo("{n=1}");
  }

  @Test
  void anObjectThatIsItsOwnCaller_isToldSo() {
    get(test.call("a", "add"));
    test.script("suicide", self -> String.valueOf(test.objects().delete(id("a"))));
    test.script("byAnother", self -> test.object("b").run("suicide"));

    for (String script : List.of("suicide", "byAnother")) {
      assertThat(failure(test.call("a", script)))
          .hasMessageContaining("Scripted/a cannot have itself deleted")
          .hasMessageContaining("storage().deleteAll()");
    }
    assertThat(get(test.call("a", "get"))).isEqualTo("{n=1}");
    assertThat(test.activations("a")).isEqualTo(1);
  }

  // ---------------------------------------------------------------- broken objects

  @Test
  void oneWhoseConstructorThrows_canBeDeleted_andBeginsAtOnce() {
    get(test.call("a", "add"));
    test.letSleep();
    test.onConstruction(
        self -> {
          if (self.store().get("n", Long.class).isPresent()) {
            throw new IllegalStateException("poisoned");
          }
        });
    failure(test.call("a", "get"));
    failure(test.call("a", "get"));
    assertThat(failure(test.call("a", "get"))).hasMessageContaining("its constructor failed");

    assertThat(get(delete("a"))).isTrue();
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
  }

  @Test
  void oneWhoseConstructorFailsWithAnError_canBeDeleted() {
    get(test.call("a", "add"));
    test.letSleep();
    test.onConstruction(
        self -> {
          throw new NoClassDefFoundError("the class is broken");
        });
    failure(test.call("a", "get"));

    assertThat(get(delete("a"))).isTrue();
    assertThat(isStored("a")).isFalse();
  }

  @Test
  void aConstructorThatRuns_endsBefore() {
    CountDownLatch constructing = test.latch();
    CountDownLatch go = test.latch();
    test.onConstruction(
        self -> {
          self.add("n", 1);
          constructing.countDown();
          pass(go);
        });
    CompletableFuture<String> first = test.call("a", "get");
    pass(constructing);
    CompletableFuture<Boolean> deletion = deletionThatWaits("a");
    go.countDown();

    assertThat(get(first)).isEqualTo("{n=1}");
    assertThat(get(deletion)).isTrue();
    assertThat(isStored("a")).isFalse();
  }

  @Test
  void misuse_isToldBeforeAnythingHappens() {
    assertThatThrownBy(() -> objects().delete(ObjectId.of(new byte[ObjectId.BYTES], null)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
