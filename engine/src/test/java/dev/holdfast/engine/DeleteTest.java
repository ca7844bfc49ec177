// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.awaitWaiting;
import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static dev.holdfast.engine.TestEngine.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.ObjectResetException;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.sql.SqlOptions;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deleting objects: in order with calls, wholly, and whatever state they are in. */
class DeleteTest extends EngineSuite {
  @BeforeEach
  void scripts() {
    test.script("add", self -> String.valueOf(self.add("n", 1)));
    test.script("get", self -> self.store().list(Long.class, KeyRange.all()).toString());
    test.script("bookmark", self -> self.store().history().current().toString());
  }

  private ObjectNamespace<ScriptedCalls> objects() {
    return test.objects();
  }

  private ObjectId id(String name) {
    return objects().idFromName(name);
  }

  private CompletableFuture<Boolean> delete(String name) {
    return test.worker(() -> objects().delete(id(name)));
  }

  /** A deletion that has its place before the object's gate. */
  private CompletableFuture<Boolean> deletionThatWaits(String name) {
    CompletableFuture<Boolean> deleted = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    deleted.complete(objects().delete(id(name)));
                  } catch (RuntimeException | Error e) {
                    deleted.completeExceptionally(e);
                  }
                });
    awaitWaiting(thread);
    return deleted;
  }

  private boolean isStored(String name) {
    return test.store().directory().find(new ObjectRef(TestEngine.SCRIPTED, id(name))) != null;
  }

  private Bookmark bookmark(String name) {
    return Bookmark.parse(get(test.call(name, "bookmark")));
  }

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

  // ---------------------------------------------------------------- order

  @Test
  void callsBeforeIt_areAnswered_andThoseBehindItFindAnEmptyObject() {
    CountDownLatch go = test.latch();
    CountDownLatch started = test.latch();
    test.script(
        "slow",
        self -> {
          started.countDown();
          pass(go);
          return String.valueOf(self.add("n", 1));
        });
    get(test.call("a", "add"));
    CompletableFuture<String> before = test.call("a", "slow");
    pass(started);
    List<CompletableFuture<String>> alsoBefore = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      alsoBefore.add(test.object("a").later("add").toCompletableFuture());
    }
    ScriptedCalls stub = test.object("a");
    CompletableFuture<Boolean> deletion = deletionThatWaits("a");
    List<CompletableFuture<String>> behind = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      behind.add(stub.later("add").toCompletableFuture());
    }
    go.countDown();

    assertThat(get(before)).isEqualTo("2");
    assertThat(alsoBefore.stream().map(TestEngine::get)).containsExactly("3", "4", "5");
    assertThat(get(deletion)).isTrue();
    assertThat(behind.stream().map(TestEngine::get)).containsExactly("1", "2", "3");
  }

  @Test
  void itWaitsForCommitsOnTheirWay_andAnswersStandBeforeIt() {
    test.store().gate().hold();
    CompletableFuture<String> call = test.call("a", "add");
    test.awaitSubmitted(1);
    CompletableFuture<Boolean> deletion = delete("a");
    test.store().gate().releaseOne();

    assertThat(get(call)).isEqualTo("1");
    test.awaitSubmitted(2);
    assertThat(deletion).isNotDone();
    test.store().gate().release();
    assertThat(get(deletion)).isTrue();
  }

  @Test
  void eventsThatWaitForSomethingElse_areReset() {
    CompletableFuture<String> never = new CompletableFuture<>();
    CountDownLatch waits = test.latch();
    test.script(
        "wait",
        self -> {
          self.add("n", 1);
          waits.countDown();
          return self.context().await(never);
        });
    CompletableFuture<String> waiting = test.call("a", "wait");
    pass(waits);
    assertThat(get(test.call("a", "get"))).isEqualTo("{n=1}");

    assertThat(get(delete("a"))).isTrue();
    assertThat(failure(waiting))
        .isInstanceOfSatisfying(
            ObjectResetException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN))
        .hasMessageContaining("the object was deleted");
    never.complete("late");
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
  }

  @Test
  void manyCallsAndDeletionsAtOnce_leaveNoMixture() {
    int rounds = 200;
    AtomicInteger deletions = new AtomicInteger();
    CompletableFuture<String> deleting =
        test.worker(
            () -> {
              for (int i = 0; i < rounds; i++) {
                if (objects().delete(id("a"))) {
                  deletions.incrementAndGet();
                }
              }
              return "";
            });
    test.script(
        "pair",
        self -> {
          long n = self.add("n", 1);
          long m = self.add("m", 1);
          return n == m ? String.valueOf(n) : "torn: " + n + " " + m;
        });
    List<CompletableFuture<String>> calling = new ArrayList<>();
    for (int caller = 0; caller < 3; caller++) {
      calling.add(
          test.worker(
              () -> {
                long last = 0;
                int lives = 0;
                for (int i = 0; i < rounds; i++) {
                  String answer = test.object("a").run("pair");
                  assertThat(answer).doesNotContain("torn");
                  long now = Long.parseLong(answer);
                  lives += now <= last ? 1 : 0;
                  last = now;
                }
                return String.valueOf(lives);
              }));
    }
    get(deleting);
    for (CompletableFuture<String> caller : calling) {
      assertThat(Integer.parseInt(get(caller))).isLessThanOrEqualTo(deletions.get());
    }
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

  // ---------------------------------------------------------------- the store fails

  @Test
  void aDeletionThatTheStoreRefuses_isTriedAgain() {
    get(test.call("a", "add"));
    test.store().faults().failNextCommit(CommitFault.REFUSED);

    assertThat(test.getAsTimePasses(delete("a"))).isTrue();
    assertThat(isStored("a")).isFalse();
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
  }

  @Test
  void aDeletionOfWhichNobodyKnows_saysSo_andTheObjectIsWholeOrGone() {
    for (CommitFault fault :
        List.of(CommitFault.UNKNOWN_APPLIED, CommitFault.UNKNOWN_NOT_APPLIED)) {
      get(test.call("a", "add"));
      test.store().faults().failNextCommit(fault);

      assertThat(test.failureAsTimePasses(delete("a")))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
      assertThat(get(test.call("a", "get")))
          .isEqualTo(fault == CommitFault.UNKNOWN_APPLIED ? "{}" : "{n=1}");
    }
  }

  @Test
  void anObjectThatCannotBeOpened_isTriedAgain() {
    get(test.call("a", "add"));
    test.letSleep();
    test.store().faults().failNextOpen();

    assertThat(test.getAsTimePasses(delete("a"))).isTrue();
  }

  @Test
  void aCommitBeforeItThatFails_doesNotStopIt() {
    get(test.call("a", "add"));
    test.store().gate().hold();
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    CompletableFuture<String> call = test.call("a", "add");
    test.awaitSubmitted(2);
    CompletableFuture<Boolean> deletion = delete("a");
    test.store().gate().release();

    String answer = test.getAsTimePasses(call);
    assertThat(test.getAsTimePasses(deletion)).isTrue();
    assertThat(answer).isIn("2", "1");
  }

  @Test
  void anotherEngineThatOpensItMeanwhile_winsOrLosesAsAWhole() {
    get(test.call("a", "add"));
    test.store().gate().hold();
    CompletableFuture<Boolean> deletion = delete("a");
    test.awaitSubmitted(2);
    ObjectRef ref = new ObjectRef(TestEngine.SCRIPTED, id("a"));
    CompletableFuture<OpenedObject> other = test.worker(() -> test.store().open(ref, "a"));
    test.store().gate().release();

    assertThat(get(deletion)).isTrue();
    assertThat(get(other).seq()).isZero();
  }

  @Test
  void aDeletionByANodeThatWasDeposed_isRefused() {
    get(test.call("a", "add"));
    try (TestEngine.Deposed deposed = test.takeOver()) {
      ObjectNamespace<ScriptedCalls> old =
          deposed.engine().objects(TestEngine.SCRIPTED, ScriptedCalls.class);
      CompletableFuture<Boolean> late = test.worker(() -> old.delete(id("a")));
      assertThat(test.failureAsTimePasses(late)).isInstanceOf(StorageException.class);
    }
    assertThat(get(test.call("a", "get"))).isEqualTo("{n=1}");
  }

  // ---------------------------------------------------------------- sockets

  private SocketClient socket(String name) {
    test.handler(
        "socket",
        (self, request) -> {
          self.add("n", 1);
          return self.context().webSockets().accept(request, "x", "tag");
        });
    test.script("sockets", self -> String.valueOf(self.context().webSockets().all().size()));
    test.onMessage(
        (self, socket, message) -> {
          self.add("messages", 1);
          socket.send("got it");
        });
    test.onClose((self, socket, close) -> self.add("closes", 1));
    return SocketClient.of(test, name, "socket");
  }

  @Test
  void sockets_areClosed_andTheNextOneHasNone() {
    SocketClient client = socket("a");
    assertThat(get(test.call("a", "sockets"))).isEqualTo("1");
    get(delete("a"));

    client.awaits("close 1001 the object was deleted");
    assertThat(test.sockets().size()).isZero();
    client.text("still there?");
    client.closes(1001, "");
    test.awaitRun("b");
    assertThat(get(test.call("a", "sockets"))).isEqualTo("0");
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
    assertThat(client.got).hasSize(1);
  }

  @Test
  void socketsOfOneAsleep_areClosed_andWakeNobody() {
    SocketClient client = socket("a");
    test.letSleep();
    get(delete("a"));

    client.awaits("close 1001 the object was deleted");
    client.closes(1001, "");
    assertThat(test.activations("a")).isEqualTo(1);
    assertThat(test.sockets().size()).isZero();
    assertThat(isStored("a")).isFalse();
  }

  @Test
  void messagesBehindIt_reachNobody() {
    CountDownLatch go = test.latch();
    CountDownLatch started = test.latch();
    test.script(
        "slow",
        self -> {
          started.countDown();
          pass(go);
          return "";
        });
    SocketClient client = socket("a");
    CompletableFuture<String> slow = test.call("a", "slow");
    pass(started);
    CompletableFuture<Boolean> deletion = deletionThatWaits("a");
    client.text("one");
    client.text("two");
    go.countDown();

    get(slow);
    assertThat(get(deletion)).isTrue();
    client.awaits("close 1001 the object was deleted");
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
    assertThat(test.activations("a")).isEqualTo(2);
  }

  @Test
  void aSocketThatWasNotOpenedYet_cannotBeOpenedAnyMore() {
    test.handler("wait", (self, request) -> self.context().webSockets().accept(request, null));
    SocketClient client = SocketClient.asked(test, "a", "wait");
    get(test.call("a", "add"));
    get(delete("a"));

    assertThat(client.open()).isFalse();
    assertThat(test.sockets().size()).isZero();
    test.clock.advance(Duration.ofMinutes(5));
    assertThat(get(test.call("a", "get"))).isEqualTo("{}");
  }

  // ---------------------------------------------------------------- SQL

  @TempDir Path scratch;

  private void withScratch() {
    test.stopEngine();
    test.setOptions(EngineOptions.defaults().withSql(SqlOptions.DEFAULT.withScratch(scratch)));
    test.renew();
    test.script(
        "sql",
        self -> {
          self.database().exec("CREATE TABLE IF NOT EXISTS t(v INTEGER)");
          self.database().exec("INSERT INTO t VALUES (1)");
          return self.database().query("SELECT count(*) FROM t").one(Long.class).toString();
        });
  }

  /** Those of objects: their names begin with an id. */
  private List<Path> scratchFiles() {
    try (Stream<Path> files = Files.walk(scratch)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> String.valueOf(file.getFileName()).matches("[0-9a-f]{64}.*"))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isLog(Path file) {
    return file.toString().endsWith("-wal");
  }

  @Test
  void theDatabase_andItsScratchFiles_areGone() {
    withScratch();
    get(test.call("a", "sql"));
    assertThat(get(test.call("a", "sql"))).isEqualTo("2");
    get(delete("a"));
    assertThat(scratchFiles()).isEmpty();

    assertThat(get(test.call("a", "sql"))).isEqualTo("1");
    test.letSleep();
    until("the file is closed", () -> scratchFiles().stream().noneMatch(DeleteTest::isLog));
    assertThat(scratchFiles()).isNotEmpty();
    get(delete("a"));
    assertThat(scratchFiles()).isEmpty();
    assertThat(get(test.call("a", "sql"))).isEqualTo("1");
  }

  @Test
  void aDatabaseThatIsBeingClosed_isWaitedFor() {
    withScratch();
    for (int round = 0; round < 20; round++) {
      assertThat(get(test.call("a", "sql"))).isEqualTo("1");
      if (round % 2 == 0) {
        test.letSleep();
      }
      get(delete("a"));
      assertThat(scratchFiles()).isEmpty();
    }
  }

  @Test
  void anEventInSql_endsBefore() {
    withScratch();
    CompletableFuture<String> both = test.call("a", "sql");
    CompletableFuture<Boolean> deletion = delete("a");
    assertThat(get(both)).isEqualTo("1");
    get(deletion);
    get(delete("a"));
    assertThat(scratchFiles()).isEmpty();
  }

  @Test
  void misuse_isToldBeforeAnythingHappens() {
    assertThatThrownBy(() -> objects().delete(ObjectId.of(new byte[ObjectId.BYTES], null)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
