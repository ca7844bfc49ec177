// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Bookmark;
import dev.holdfast.HoldfastException;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.EngineOptions.EventLimits;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.CommitListener;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Opening;
import dev.holdfast.store.Retention;
import dev.holdfast.store.memory.Faults.CommitFault;
import dev.holdfast.store.memory.InMemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a fork is, whatever goes on while it is made and after. */
class ForkHoldsTest extends EngineSuite {
  private static final int MANY = 25_000;

  /** Of the clock of the test, which runs faster than that of a busy machine. */
  private static final Duration PATIENCE = Duration.ofDays(1);

  @BeforeEach
  void scripts() {
    test.script("bookmark", self -> self.store().history().current().toString());
    test.script(
        "values",
        self ->
            String.valueOf(
                self.store().list(Long.class, KeyRange.all()).values().stream()
                    .distinct()
                    .toList()));
    test.script(
        "count", self -> String.valueOf(self.store().list(Long.class, KeyRange.all()).size()));
    test.script("append", self -> self.store().append("e:", 1L));
    test.script("last", self -> self.store().list(Long.class, KeyRange.all()).lastEntry().getKey());
  }

  private void put(String name, int entries, long value) {
    test.script(
        name,
        self -> {
          for (int i = 0; i < entries; i++) {
            self.store().put("k" + i, value);
          }
          return "";
        });
  }

  private static CompletableFuture<String> fork(
      TestEngine test, ObjectNamespace<ScriptedCalls> objects, Bookmark bookmark) {
    return test.worker(
        () -> {
          ScriptedCalls _ = objects.fork(objects.idFromName("a"), bookmark, "b");
          return "";
        });
  }

  /** Refuses a commit, counted from when it is asked to, or all; knows what is open. */
  private static final class Refusing extends LateStore {
    private final InMemoryStore store;
    private final AtomicInteger left = new AtomicInteger(-1);
    volatile boolean all;
    private final Set<ObjectRef> open = ConcurrentHashMap.newKeySet();

    Refusing(InMemoryStore store) {
      super(store);
      this.store = store;
    }

    void refuseCommitAfter(int others) {
      left.set(others);
    }

    Set<ObjectRef> open() {
      return Set.copyOf(open);
    }

    @Override
    public OpenedObject open(ObjectRef object, @Nullable String name) {
      OpenedObject opened = super.open(object, name);
      open.add(object);
      return opened;
    }

    @Override
    public void release(Opening opening) {
      open.remove(opening.object());
      super.release(opening);
    }

    @Override
    public void submit(CommitGroup group, CommitListener listener) {
      if (all || left.getAndDecrement() == 0) {
        store.faults().failNextCommit(CommitFault.REFUSED);
      }
      super.submit(group, listener);
    }
  }

  private InMemoryStore store() {
    return new InMemoryStore(test.clock, Retention.DEFAULT, test.store().data());
  }

  private Engine engine(LateStore store) {
    test.stopEngine();
    return Engine.start(
        EngineOptions.defaults()
            .withEvents(EventLimits.DEFAULT.withCallTimeout(PATIENCE).withWallLimit(PATIENCE))
            .withInlining(inlining)
            .withClock(test.clock),
        store,
        List.of(test.objectClass(TestEngine.SCRIPTED)));
  }

  private static ObjectNamespace<ScriptedCalls> objects(Engine engine) {
    return engine.objects(TestEngine.SCRIPTED, ScriptedCalls.class);
  }

  private String run(ObjectNamespace<ScriptedCalls> objects, String object, String script) {
    ScriptedCalls stub = objects.getByName(object);
    return test.getAsTimePasses(test.worker(() -> stub.run(script)));
  }

  /** Has an object store many ones, and hands out a bookmark of that. */
  private Bookmark ones(ObjectNamespace<ScriptedCalls> objects) {
    put("ones", MANY, 1);
    String _ = run(objects, "a", "ones");
    return Bookmark.parse(run(objects, "a", "bookmark"));
  }

  @Test
  void whatAForkAppends_comesAfterWhatItHas_andReplacesNothing() {
    for (int i = 0; i < 4; i++) {
      get(test.call("a", "append"));
    }
    Bookmark four = Bookmark.parse(get(test.call("a", "bookmark")));
    get(fork(test, test.objects(), four));
    String before = run(test.objects(), "b", "last");
    for (int i = 0; i < 4; i++) {
      assertThat(get(test.call("b", "append"))).isGreaterThan(before);
    }
    assertThat(get(test.call("b", "count"))).isEqualTo("8");
  }

  @Test
  void whatAForkOfAForkAppends_comesAfterAll_alsoWhenThatWentBackAndWasCleared() {
    get(test.call("a", "append"));
    get(test.call("a", "append"));
    get(fork(test, test.objects(), Bookmark.parse(get(test.call("a", "bookmark")))));
    Bookmark two = Bookmark.parse(get(test.call("b", "bookmark")));
    String third = get(test.call("b", "append"));
    test.script("back", self -> self.store().history().restoreOnRestart(two).toString());
    get(test.call("b", "back"));
    test.letSleep();
    assertThat(get(test.call("b", "count"))).isEqualTo("2");
    String again = get(test.call("b", "append"));
    assertThat(again).isGreaterThan(third);
    test.script(
        "clear",
        self -> {
          self.store().deleteAll();
          return self.store().append("e:", 1L);
        });
    String cleared = get(test.call("b", "clear"));
    assertThat(cleared).isGreaterThan(again);
    Bookmark one = Bookmark.parse(get(test.call("b", "bookmark")));
    get(
        test.worker(
            () -> {
              ScriptedCalls _ = test.objects().fork(test.objects().idFromName("b"), one, "c");
              return "";
            }));
    assertThat(get(test.call("c", "last"))).isEqualTo(cleared);
    assertThat(get(test.call("c", "append"))).isGreaterThan(cleared);
    assertThat(get(test.call("c", "count"))).isEqualTo("2");
  }

  @Test
  void forkOfTheBookmarkThatUndoes_whileItsObjectGoesOn_isOneMoment() {
    put("ones", 700, 1);
    put("twos", 700, 2);
    test.script(
        "abort",
        self -> {
          self.context().abort("to go back");
          return "";
        });
    test.script(
        "wish",
        self ->
            self.store()
                .history()
                .restoreOnRestart(self.store().history().at(self.context().now().minusSeconds(60)))
                .toString());
    try (HeldReads store = new HeldReads(store());
        Engine engine = engine(store)) {
      ObjectNamespace<ScriptedCalls> objects = objects(engine);
      String _ = run(objects, "a", "ones");
      Bookmark undo = Bookmark.parse(run(objects, "a", "wish"));
      Throwable _ =
          test.failureAsTimePasses(test.worker(() -> objects.getByName("a").run("abort")));
      assertThat(run(objects, "a", "values")).isEqualTo("[]");
      Runnable update =
          () -> {
            ScriptedCalls a = objects.getByName("a");
            String _ = get(test.worker(() -> a.run("twos")));
          };
      store.beforeNextScan(() -> store.beforeNextScan(() -> store.beforeNextScan(update)));
      get(fork(test, objects, undo));
      assertThat(run(objects, "a", "values")).isEqualTo("[2]");
      assertThat(run(objects, "b", "values")).isEqualTo("[1]");
    }
    test.renew();
  }

  @Test
  void forkThatBreaksOffHalfWay_doesNotSayThatNothingWasApplied() {
    try (Refusing store = new Refusing(store());
        Engine engine = engine(store)) {
      ObjectNamespace<ScriptedCalls> objects = objects(engine);
      Bookmark one = ones(objects);
      store.refuseCommitAfter(1);
      Throwable failure = failure(fork(test, objects, one));
      assertThat(failure).isInstanceOf(HoldfastException.class);
      assertThat(run(objects, "b", "count")).isEqualTo(String.valueOf(MANY));
      assertThat(((HoldfastException) failure).outcome()).isEqualTo(Outcome.UNKNOWN);
    }
    test.renew();
  }

  @Test
  void whatCannotBeCompletedNow_isNotLeftOpen() {
    try (Refusing store = new Refusing(store());
        Engine engine = engine(store)) {
      ObjectNamespace<ScriptedCalls> objects = objects(engine);
      Bookmark one = ones(objects);
      Set<ObjectRef> before = store.open();
      store.refuseCommitAfter(1);
      Throwable _ = failure(fork(test, objects, one));
      ScriptedCalls b = objects.getByName("b");
      store.all = true;
      assertThat(test.failureAsTimePasses(test.worker(() -> b.run("count"))))
          .isInstanceOf(StorageException.class);
      store.all = false;
      assertThat(store.open()).isEqualTo(before);
      assertThat(run(objects, "b", "count")).isEqualTo(String.valueOf(MANY));
    }
    test.renew();
  }
}
