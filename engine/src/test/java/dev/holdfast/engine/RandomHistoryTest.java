// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.ObjectResetException;
import dev.holdfast.engine.HistoryModel.Known;
import dev.holdfast.engine.HistoryModel.Was;
import dev.holdfast.engine.HistoryModel.Wish;
import dev.holdfast.engine.HistoryTurn.Marked;
import dev.holdfast.store.Generation;
import dev.holdfast.store.View;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The past of objects against a model of it, through random turns, restores, forks, sleep, restarts
 * and kills, under a clock that jumps by up to weeks, while pruning goes on in small steps. What is
 * kept, by the rule or by a bookmark, is exactly what it was; what is not is refused.
 *
 * <p>The seed of a failing run is in the test's name; it replays the run as far as threads do not
 * matter.
 */
class RandomHistoryTest {
  private static final boolean THOROUGH = Boolean.getBoolean("holdfast.thorough");
  private static final int SEEDS = THOROUGH ? 20 : 1;
  private static final int STEPS = THOROUGH ? 200 : 80;
  private static final int STEPS_BETWEEN_CHECKS = 8;
  private static final int MOST_OBJECTS = 5;

  @TempDir Path folder;

  static Stream<Arguments> runs() {
    Long replayed = Long.getLong("holdfast.seed");
    return Stream.of(HistoryStores.values())
        .flatMap(
            store ->
                (replayed != null ? LongStream.of(replayed) : new Random().longs(SEEDS))
                    .mapToObj(seed -> Arguments.of(store, seed)));
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("runs")
  void everyMomentThatIsKept_isWhatItWas(HistoryStores store, long seed) {
    System.out.println("RandomHistoryTest: " + store + " -Dholdfast.seed=" + seed);
    try (Run run = new Run(store, seed)) {
      run.run();
    }
  }

  private final class Run extends HistoryRig {
    private final List<HistoryModel> objects = new ArrayList<>();
    private int forks;

    Run(HistoryStores kind, long seed) {
      super(kind, folder, seed);
      for (String name : List.of("a", "b", "c")) {
        objects.add(new HistoryModel(name, nothing));
      }
    }

    private HistoryModel some() {
      return objects.get(random.nextInt(objects.size()));
    }

    private String run(HistoryModel object, Script script) {
      test.script(object.name, script);
      return TestEngine.get(test.call(object.name, object.name));
    }

    void run() {
      for (int step = 1; step <= STEPS; step++) {
        passTime();
        if (pruning != null) {
          steps.release(20);
        } else if (random.nextInt(3) > 0) {
          store.prune(1 + random.nextInt(200));
        }
        step();
        if (step % STEPS_BETWEEN_CHECKS == 0) {
          objects.forEach(this::check);
        }
      }
      pruneAll();
      objects.forEach(this::check);
      restart();
      objects.forEach(this::check);
    }

    private void step() {
      HistoryModel object = some();
      opened(object);
      switch (random.nextInt(24)) {
        case 0 -> test.letSleep();
        case 1 -> restart();
        case 2, 3 -> {
          if (object.wish == null) {
            killDuringTurn(object);
          } else {
            killDuringRestore(object);
          }
        }
        case 4, 5, 6 -> restore(object);
        case 7, 8 -> fork(object);
        case 9, 10 -> at(object);
        case 11 -> atTheEdge(object);
        case 12, 13 -> refused(object);
        default -> turn(object);
      }
    }

    // ---- turns

    private void turn(HistoryModel object) {
      HistoryTurn turn =
          new HistoryTurn(
              object.now().state(), random.nextLong(), () -> digest(object.name, View.current()));
      test.script(object.name, turn);
      CompletableFuture<String> call = test.call(object.name, object.name);
      switch (turn(call, turn)) {
        case RETURNS -> TestEngine.get(call);
        case THROWS -> assertThat(TestEngine.failure(call)).hasMessageContaining("Thrown");
        case ABORTS ->
            assertThat(TestEngine.failure(call)).isInstanceOf(ObjectResetException.class);
      }
      became(object, turn.after());
      for (Marked marked : turn.marked()) {
        object.handedOut(marked.bookmark(), new Was(marked.state(), marked.digest()), now());
      }
    }

    /** How it ended. */
    private static HistoryTurn.End turn(CompletableFuture<String> call, HistoryTurn turn) {
      String _ = TestEngine.get(call.handle((_, _) -> ""));
      return turn.end();
    }

    private void became(HistoryModel object, HistoryState state) {
      object.becomes(new Was(state, digest(object.name, View.current())), now());
    }

    /**
     * Sees to it that the object is in memory, and that the model knows if it went back for that.
     */
    private void opened(HistoryModel object) {
      opened(object, second());
    }

    /**
     * @param since from when on it may have gone back
     */
    private void opened(HistoryModel object, long since) {
      Wish wish = object.wish;
      if (wish == null) {
        return;
      }
      String _ = TestEngine.get(test.call(object.name, "touch"));
      if (test.activations(object.name) > wish.activation()) {
        object.wish = null;
        if (now().isBefore(wish.end())) {
          object.wentBack(wish.undo(), now());
          Was target = wish.target();
          object.becameSince(since, target == null ? object.now() : target, now());
        }
      }
    }

    private void killDuringTurn(HistoryModel object) {
      HistoryTurn turn =
          new HistoryTurn(object.now().state(), random.nextLong(), () -> 0L).unmarked();
      Instant began = now();
      test.script(object.name, turn);
      CompletableFuture<String> call = test.call(object.name, object.name);
      kill();
      String _ = TestEngine.get(call.handle((_, _) -> ""));
      long found = digest(object.name, View.current());
      String is = present(object.name);
      HistoryState same =
          turn.possible().stream()
              .filter(state -> state.describe().equals(is))
              .reduce((_, later) -> later)
              .orElse(null);
      if (same == null) {
        throw new AssertionError(object.name + " is in no state that it passed through: " + is);
      }
      if (found != object.now().digest()) {
        object.becomes(new Was(same, found), began);
      }
    }

    private void killDuringRestore(HistoryModel object) {
      long since = second();
      CompletableFuture<String> touch = test.call(object.name, "touch");
      kill();
      String _ = TestEngine.get(touch.handle((_, _) -> ""));
      opened(object, since);
    }

    // ---- the past

    private @Nullable Bookmark good(HistoryModel object) {
      List<Bookmark> good = object.good(now());
      return good.isEmpty() ? null : good.get(random.nextInt(good.size()));
    }

    private Bookmark beforeAll(HistoryModel object) {
      return Bookmark.of(0, test.objects().idFromName(object.name));
    }

    private void restore(HistoryModel object) {
      Wish last = object.wish;
      Bookmark to = good(object);
      @Nullable Was target;
      if (last != null && random.nextInt(4) == 0) {
        to = last.undo();
        target = null;
      } else if (to == null || random.nextInt(12) == 0) {
        to = beforeAll(object);
        target = new Was(new HistoryState(), nothing);
      } else {
        target = object.known(to).was();
        object.renewed(to, target, now());
      }
      Bookmark goal = to;
      Bookmark undo =
          Bookmark.parse(
              run(object, self -> self.store().history().restoreOnRestart(goal).toString()));
      if (last != null) {
        assertThat(undo).as("undo of the same going back").isEqualTo(last.undo());
      }
      object.wish =
          new Wish(target, undo, HistoryModel.until(now()), test.activations(object.name));
      switch (random.nextInt(5)) {
        case 0 ->
            assertThat(TestEngine.failure(test.call(object.name, "abort")))
                .isInstanceOf(ObjectResetException.class);
        case 1 -> test.letSleep();
        case 2 -> restart();
        case 3 -> {
          if (random.nextBoolean()) {
            test.letSleep();
          }
          killDuringRestore(object);
        }
        default -> {
          // It goes on as ever, for now.
        }
      }
      if (random.nextBoolean()) {
        passTime();
      }
      opened(object);
      same(present(object.name), object.now().state(), object.name + " after " + undo);
    }

    private CompletableFuture<String> fork(HistoryModel object, Bookmark from, String to) {
      return test.worker(
          () ->
              test.objects()
                  .fork(test.objects().idFromName(object.name), from, to)
                  .run("describe"));
    }

    private void fork(HistoryModel object) {
      Bookmark from = good(object);
      if (from == null) {
        return;
      }
      Was was = object.known(from).was();
      HistoryModel made = new HistoryModel("f" + forks++, nothing);
      long since = second();
      CompletableFuture<String> fork = fork(object, from, made.name);
      if (random.nextInt(5) == 0) {
        kill();
        String _ = TestEngine.get(fork.handle((_, _) -> ""));
        if (present(made.name).equals(new HistoryState().describe())) {
          return;
        }
      } else {
        same(TestEngine.get(fork), was.state(), "fork of " + object.name + " at " + from);
      }
      made.becameSince(since, was, now());
      same(present(made.name), was.state(), made.name + ", a fork");
      assertThat(digest(made.name, View.current())).as(made.name).isEqualTo(was.digest());
      if (objects.size() < MOST_OBJECTS) {
        objects.add(made);
      }
    }

    private void at(HistoryModel object) {
      Duration ago =
          switch (random.nextInt(5)) {
            case 0 -> Duration.ofMillis(random.nextInt(5_000));
            case 1 -> Duration.ofSeconds(random.nextInt(3_700));
            case 2 -> Duration.ofSeconds(random.nextInt(25 * 3_600));
            default -> Duration.ofSeconds(random.nextInt(31 * 24 * 3_600));
          };
      Instant time = now().minus(ago);
      long moment = HistoryModel.latestKept(time.getEpochSecond(), second());
      if (moment < 0) {
        String _ =
            run(
                object,
                self -> {
                  assertThatThrownBy(() -> self.store().history().at(time))
                      .isInstanceOf(IllegalArgumentException.class)
                      .hasMessageContaining("expected a time that is kept");
                  return "";
                });
      } else {
        at(object, time, moment, () -> {});
      }
    }

    /** A second that is about to be beyond the hour, in a turn that takes as long as it may. */
    private void atTheEdge(HistoryModel object) {
      long moment = second() - 3_600 + HistoryModel.LEAST_KEPT;
      Duration nearly = HistoryModel.WALL_LIMIT.minusSeconds(10);
      at(
          object,
          Instant.ofEpochSecond(moment),
          moment,
          () -> {
            test.clock.advance(nearly);
            pruneAll();
          });
    }

    private void at(HistoryModel object, Instant time, long moment, Runnable meanwhile) {
      Was was = object.at(moment);
      if (was == null) {
        return;
      }
      Instant asked = now();
      List<Bookmark> got = new ArrayList<>();
      String found =
          run(
              object,
              self -> {
                got.add(self.store().history().at(time));
                meanwhile.run();
                return HistoryState.describe(self.store().history().view(got.getLast()));
              });
      same(found, was.state(), "%s at %s, for %s".formatted(object.name, moment, time));
      object.handedOut(got.getLast(), was, asked);
    }

    private void refused(HistoryModel object) {
      List<Bookmark> refused = new ArrayList<>();
      Instant longAgo = now().minus(Duration.ofMinutes(10));
      object.bookmarks.forEach(
          (bookmark, known) -> {
            if (!HistoryModel.isGood(known, longAgo)) {
              refused.add(bookmark);
            }
          });
      object.bookmarks.keySet().removeAll(refused);
      List<Bookmark> expired = List.copyOf(refused);
      objects.stream()
          .filter(other -> other != object)
          .forEach(other -> refused.addAll(other.bookmarks.keySet()));
      Bookmark made =
          Bookmark.of(
              Generation.ofSecond(second() - random.nextInt(1_000)).packed() + 9_999,
              test.objects().idFromName(object.name));
      refused.add(made);
      if (object.wish != null) {
        refused.add(object.wish.undo());
      }
      String _ =
          run(
              object,
              self -> {
                for (Bookmark bookmark : refused) {
                  assertThatThrownBy(() -> self.store().history().view(bookmark))
                      .as("%s of %s", bookmark, self.name())
                      .isInstanceOf(IllegalArgumentException.class);
                }
                for (Bookmark bookmark : expired) {
                  assertThatThrownBy(() -> self.store().history().restoreOnRestart(bookmark))
                      .isInstanceOf(IllegalArgumentException.class)
                      .hasMessageContaining("is not kept");
                }
                return "";
              });
      for (Bookmark bookmark : refused) {
        assertThat(TestEngine.failure(fork(object, bookmark, "refused")))
            .isInstanceOf(IllegalArgumentException.class);
      }
      Bookmark good = good(object);
      if (good != null && good.moment() > 0) {
        assertThat(TestEngine.failure(fork(object, good, object.name)))
            .isInstanceOf(IllegalStateException.class);
      }
      same(present("refused"), new HistoryState(), "what was never made");
    }

    private void check(HistoryModel object) {
      opened(object);
      same(present(object.name), object.now().state(), object.name + " now");
      same(digest(object.name, View.current()), object.now(), object.name + " now");
      assertThat(run(object, self -> String.valueOf(self.store().storedBytes())))
          .as("bytes of %s", object.name)
          .isEqualTo(String.valueOf(HistoryStores.bytes(store, ref(object.name))));
      for (long moment : object.moments(second())) {
        Was was = object.at(moment);
        if (was != null) {
          same(digest(object.name, HistoryModel.view(moment)), was, object.name + " at " + moment);
        }
      }
      List<Bookmark> good = object.good(now());
      for (Bookmark bookmark : good) {
        Known known = object.known(bookmark);
        if (!known.undoes()) {
          View view = View.endOf(new Generation(bookmark.moment()));
          same(digest(object.name, view), known.was(), object.name + " at " + bookmark);
        }
      }
      for (int i = 0; i < 3 && !good.isEmpty(); i++) {
        Bookmark bookmark = good.get(random.nextInt(good.size()));
        String found =
            run(object, self -> HistoryState.describe(self.store().history().view(bookmark)));
        same(found, object.known(bookmark).was().state(), object.name + " at " + bookmark);
      }
    }
  }
}
