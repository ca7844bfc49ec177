// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.StorageException;
import dev.holdfast.engine.EngineOptions.EventLimits;
import dev.holdfast.engine.HistoryModel.Was;
import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * An engine over a store that is closed, killed and opened again, and what the store has, as random
 * tests of histories use them. Everything random comes from its seed.
 */
class HistoryRig implements AutoCloseable {
  final Random random;
  final TestEngine test;
  private final HistoryStores.Reopening stores;
  volatile ObjectStore store;
  final @Nullable Thread pruning;
  final Semaphore steps = new Semaphore(0);
  private volatile boolean over;
  final long nothing;

  HistoryRig(HistoryStores kind, Path folder, long seed) {
    random = new Random(seed);
    EngineOptions defaults = EngineOptions.defaults();
    EventLimits patient =
        defaults
            .events()
            .withCallTimeout(Duration.ofDays(1))
            .withWallLimit(HistoryModel.WALL_LIMIT);
    EngineOptions options =
        defaults
            .withInlining(random.nextBoolean())
            .withEvents(patient)
            .withSql(defaults.sql().withScratch(folder.resolve("scratch")));
    List<HistoryStores.Reopening> reopening = new ArrayList<>();
    List<ObjectStore> opened = new ArrayList<>();
    test =
        new TestEngine(
            options,
            SocketLimits.DEFAULT,
            clock -> {
              reopening.add(kind.over(folder, clock));
              opened.add(reopening.getFirst().open());
              return opened.getFirst();
            });
    stores = reopening.getFirst();
    store = opened.getFirst();
    nothing = digest("nobody", View.current());
    test.script("describe", HistoryState::describe);
    test.script("touch", self -> "");
    test.script(
        "abort",
        self -> {
          self.context().abort("on purpose");
          return "";
        });
    pruning = random.nextInt(3) > 0 ? null : Thread.ofPlatform().start(this::pruneBeside);
  }

  Instant now() {
    return test.clock.now();
  }

  long second() {
    return now().getEpochSecond();
  }

  long digest(String name, View view) {
    return HistoryStores.digest(store, ref(name), view);
  }

  ObjectRef ref(String name) {
    return new ObjectRef(TestEngine.SCRIPTED, test.objects().idFromName(name));
  }

  void passTime() {
    Duration jump =
        switch (random.nextInt(12)) {
          case 0, 1 -> Duration.ZERO;
          case 2, 3 -> Duration.ofMillis(random.nextInt(1_000));
          case 4, 5, 6, 7 -> Duration.ofSeconds(1 + random.nextInt(3));
          case 8 -> Duration.ofSeconds(random.nextInt(180));
          case 9 -> Duration.ofMinutes(random.nextInt(180));
          case 10 -> Duration.ofMinutes(random.nextInt(24 * 60));
          default -> Duration.ofHours(random.nextInt(random.nextInt(3) == 0 ? 24 * 12 : 24 * 2));
        };
    test.clock.advance(jump);
  }

  void pruneAll() {
    while (!store.prune(1 + random.nextInt(500)).passCompleted()) {
      // It goes on where it was.
    }
  }

  /** Beside everything else, as many steps as are granted. */
  private void pruneBeside() {
    while (!over) {
      steps.acquireUninterruptibly();
      try {
        store.prune(50);
      } catch (StorageException e) {
        steps.drainPermits(); // the store is closed
      }
    }
  }

  void restart() {
    test.stopEngine();
    store.close();
    reopen();
  }

  private void reopen() {
    store = stores.open();
    test.renewOver(store);
  }

  /** The store goes away under the engine. */
  void kill() {
    for (long spins = random.nextLong(300_000); spins > 0; spins--) {
      Thread.onSpinWait();
    }
    store.close();
    test.stopEngine();
    reopen();
  }

  String present(String name) {
    return TestEngine.get(test.call(name, "describe"));
  }

  void same(long digest, Was was, String what) {
    if (digest != was.digest()) {
      throw new AssertionError(
          "%s: the store has other entries than then, at %s".formatted(what, now()));
    }
  }

  void same(String found, HistoryState expected, String what) {
    String wanted = expected.describe();
    if (!found.equals(wanted)) {
      int at = 0;
      while (at < Math.min(found.length(), wanted.length())
          && found.charAt(at) == wanted.charAt(at)) {
        at++;
      }
      throw new AssertionError(
          "%s, at %s: from character %d expected\n%s\nfound\n%s"
              .formatted(what, now(), at, from(wanted, at), from(found, at)));
    }
  }

  private static String from(String text, int at) {
    return text.substring(at, Math.min(text.length(), at + 200));
  }

  @Override
  public void close() {
    over = true;
    steps.release();
    if (pruning != null) {
      try {
        pruning.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    test.close();
  }
}
