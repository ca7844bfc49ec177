// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Bookmark;
import dev.holdfast.Past;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bookmarks of an object whose turns are random, which goes back and is forked at random moments:
 * each shows what the object had then. The seed of a failing run is in the test's name.
 */
class HistoryRandomTest {
  private static final int ROUNDS = 60;
  private static final int SAMPLE = 4;
  private static final int THOROUGH = 200;

  static LongStream seeds() {
    return Long.getLong("holdfast.seed") != null
        ? LongStream.of(Long.getLong("holdfast.seed"))
        : new Random().longs(Boolean.getBoolean("holdfast.thorough") ? THOROUGH : SAMPLE);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void bookmarks_areWhatWasThen(long seed) {
    System.out.println("HistoryRandomTest: -Dholdfast.seed=" + seed);
    try (Run run = new Run(seed)) {
      run.run();
    }
  }

  private record Kept(Bookmark bookmark, SqlModel state) {}

  private static final class Run implements AutoCloseable {
    private final Random random;
    private final TestEngine test;
    private final List<Kept> kept = new ArrayList<>();
    private SqlModel state = new SqlModel();
    private int forks;

    Run(long seed) {
      random = new Random(seed);
      EngineOptions defaults = EngineOptions.defaults();
      test =
          new TestEngine(
              defaults
                  .withInlining(random.nextBoolean())
                  .withEvents(
                      defaults
                          .events()
                          .withCallTimeout(Duration.ofHours(1))
                          .withWallLimit(Duration.ofHours(1))));
      test.script("describe", SqlModel::describe);
    }

    private String call(String object, String name, Script script) {
      test.script(name, script);
      return test.getAsTimePasses(test.call(object, name));
    }

    void run() {
      for (int round = 0; round < ROUNDS; round++) {
        step();
        assertThat(test.getAsTimePasses(test.call("a", "describe")))
            .as("round " + round)
            .isEqualTo(state.describe());
      }
      kept.forEach(this::view);
    }

    private void step() {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3, 4 -> turn();
        case 5, 6 -> mark();
        case 7 -> goBack();
        case 8 -> fork();
        case 9 -> {
          if (!kept.isEmpty()) {
            view(any());
          }
        }
        case 10 -> {
          if (random.nextBoolean()) {
            test.restart();
          } else {
            test.letSleep();
          }
        }
        default -> {
          test.clock.advance(Duration.ofSeconds(random.nextInt(9_000)));
          for (boolean over = false; !over; ) {
            over = test.store().prune(500).passCompleted();
          }
        }
      }
    }

    private Kept any() {
      return kept.get(random.nextInt(kept.size()));
    }

    /** A turn, which is known to have ended well or not to have happened. */
    private void turn() {
      SqlTurn turn = new SqlTurn(state, random.nextLong());
      test.script("turn", turn);
      CompletableFuture<String> call = test.call("a", "turn");
      boolean failed = test.getAsTimePasses(call.handle((_, failure) -> failure != null));
      String is = test.getAsTimePasses(test.call("a", "describe"));
      List<SqlModel> may = failed ? turn.possible() : List.of(turn.after());
      state =
          may.stream().filter(one -> one.describe().equals(is)).findFirst().orElseGet(turn::after);
    }

    private void mark() {
      boolean thenMore = random.nextBoolean();
      SqlModel before = state.copy();
      String text =
          call(
              "a",
              "mark",
              self -> {
                Bookmark now = self.store().history().current();
                if (thenMore) {
                  self.add("count", 1);
                }
                return now.toString();
              });
      if (thenMore) {
        state.count++;
      }
      kept.add(new Kept(Bookmark.parse(text), before));
    }

    private void goBack() {
      if (kept.isEmpty()) {
        return;
      }
      Kept to = any();
      String undo =
          call(
              "a",
              "wish",
              self -> self.store().history().restoreOnRestart(to.bookmark()).toString());
      if (random.nextBoolean()) {
        String _ =
            call(
                "a",
                "write",
                self -> {
                  self.database().exec("PRAGMA user_version=" + state.version);
                  return String.valueOf(self.add("count", 1));
                });
        state.count++;
      }
      kept.add(new Kept(Bookmark.parse(undo), state.copy()));
      if (random.nextInt(3) == 0) {
        CommitFault[] faults = CommitFault.values();
        test.store().faults().failNextCommit(faults[random.nextInt(faults.length)]);
        if (random.nextBoolean()) {
          test.store().faults().failNextRead();
        }
      }
      if (random.nextBoolean()) {
        test.script(
            "abort",
            self -> {
              self.context().abort("to go back");
              return "";
            });
        Throwable _ = test.failureAsTimePasses(test.call("a", "abort"));
      } else {
        test.letSleep();
      }
      state = to.state().copy();
      // Until no fault is left.
      test.script(
          "other",
          self -> {
            self.store().put("n", 1L);
            return String.valueOf(self.store().get("m", Long.class));
          });
      for (int i = 0; i < 3; i++) {
        var _ = test.getAsTimePasses(test.call("a", "describe").handle((_, _) -> ""));
        var _ = test.getAsTimePasses(test.call("other" + i, "other").handle((_, _) -> ""));
      }
    }

    private void fork() {
      if (kept.isEmpty()) {
        return;
      }
      Kept from = any();
      String name = "fork" + forks++;
      CompletableFuture<String> made =
          test.worker(
              () -> {
                var objects = test.objects();
                return objects.fork(objects.idFromName("a"), from.bookmark(), name).run("describe");
              });
      assertThat(test.getAsTimePasses(made)).isEqualTo(from.state().describe());
      if (random.nextInt(3) == 0) {
        call(name, "add", self -> String.valueOf(self.add("count", 1)));
      }
    }

    private void view(Kept one) {
      String seen =
          call(
              "a",
              "view",
              self -> {
                Past past = self.store().history().view(one.bookmark());
                return past.get("count", Long.class).orElse(0L)
                    + " "
                    + past.query("PRAGMA user_version").one(Long.class)
                    + " "
                    + past.query(
                            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '[ft][0-9]' ORDER BY name")
                        .list(String.class)
                    + " "
                    + past.query("PRAGMA integrity_check").list(String.class);
              });
      SqlModel then = one.state();
      assertThat(seen)
          .isEqualTo(
              "%d %d %s [ok]"
                  .formatted(then.count, then.version, List.copyOf(then.tables.keySet())));
    }

    @Override
    public void close() {
      test.close();
    }
  }
}
