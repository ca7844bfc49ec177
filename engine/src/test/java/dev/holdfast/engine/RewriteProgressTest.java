// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Bookmark;
import dev.holdfast.CallOptions;
import dev.holdfast.HoldfastException;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.Outcome;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.Retention;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import dev.holdfast.store.memory.InMemoryStore;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** However slowly it is read, an object that goes back gets there. */
class RewriteProgressTest extends EngineSuite {
  private static final int MANY = 20_000;

  /** Each range that is read takes its time. */
  private static final class Slow extends LateStore {
    private final ManualClock clock;
    volatile boolean slow;

    Slow(ObjectStore store, ManualClock clock) {
      super(store);
      this.clock = clock;
    }

    @Override
    public ScanPage scan(ObjectRef object, ScanRange range, View view) {
      if (slow) {
        clock.advance(Duration.ofMillis(250));
      }
      return super.scan(object, range, view);
    }
  }

  @Test
  void forkThatPassesTheWallLimit_doesNotSayThatNothingWasApplied() {
    test.script(
        "fill",
        self -> {
          for (int i = 0; i < 2 * MANY; i++) {
            self.store().put("k" + i, 1L);
          }
          return "";
        });
    test.script("bookmark", self -> self.store().history().current().toString());
    test.script(
        "count", self -> String.valueOf(self.store().list(Long.class, KeyRange.all()).size()));
    test.stopEngine();
    try (Slow store =
            new Slow(
                new InMemoryStore(test.clock, Retention.DEFAULT, test.store().data()), test.clock);
        Engine engine =
            Engine.start(
                EngineOptions.defaults().withInlining(inlining).withClock(test.clock),
                store,
                List.of(test.objectClass(TestEngine.SCRIPTED)))) {
      ObjectNamespace<ScriptedCalls> objects =
          engine.objects(TestEngine.SCRIPTED, ScriptedCalls.class);
      ScriptedCalls a = objects.getByName("a");
      String _ = test.getAsTimePasses(test.worker(() -> a.run("fill")));
      Bookmark full = Bookmark.parse(test.getAsTimePasses(test.worker(() -> a.run("bookmark"))));
      store.slow = true;
      Throwable failure =
          failure(
              test.worker(
                  () ->
                      objects
                          .with(CallOptions.timeout(Duration.ofHours(1)))
                          .fork(objects.idFromName("a"), full, "b")));
      store.slow = false;
      TestEngine.until("threads end", () -> engine.leftOverThreads() == 0);
      ScriptedCalls b = objects.getByName("b");
      assertThat(test.getAsTimePasses(test.worker(() -> b.run("count"))))
          .isEqualTo(String.valueOf(2 * MANY));
      assertThat(((HoldfastException) failure).outcome()).isEqualTo(Outcome.UNKNOWN);
    }
    test.renew();
  }

  @Test
  void objectOfWhichLittleDiffers_goesBackAlthoughReadingItPassesTheWallLimit() {
    test.script(
        "fill",
        self -> {
          for (int i = 0; i < MANY; i++) {
            self.store().put("k" + i, 1L);
          }
          return "";
        });
    test.script("bookmark", self -> self.store().history().current().toString());
    test.script("state", self -> String.valueOf(self.count("z")));
    test.stopEngine();
    try (Slow store =
            new Slow(
                new InMemoryStore(test.clock, Retention.DEFAULT, test.store().data()), test.clock);
        Engine engine =
            Engine.start(
                EngineOptions.defaults().withInlining(inlining).withClock(test.clock),
                store,
                List.of(test.objectClass(TestEngine.SCRIPTED)))) {
      ObjectNamespace<ScriptedCalls> objects =
          engine.objects(TestEngine.SCRIPTED, ScriptedCalls.class);
      ScriptedCalls a = objects.getByName("a");
      String _ = test.getAsTimePasses(test.worker(() -> a.run("fill")));
      Bookmark full = Bookmark.parse(test.getAsTimePasses(test.worker(() -> a.run("bookmark"))));
      test.script(
          "wish",
          self -> {
            self.add("z", 1);
            self.store().history().restoreOnRestart(full);
            self.store().sync();
            self.context().abort("to go back");
            return "";
          });
      Throwable _ = failure(test.worker(() -> a.run("wish")));
      store.slow = true;
      String found = "";
      for (int attempt = 0; attempt < 10 && found.isEmpty(); attempt++) {
        found =
            TestEngine.get(a.later("state").handle((value, failed) -> failed == null ? value : ""));
      }
      store.slow = false;
      assertThat(found).isEqualTo("0");
      TestEngine.until("threads end", () -> engine.leftOverThreads() == 0);
    }
    test.renew();
  }
}
