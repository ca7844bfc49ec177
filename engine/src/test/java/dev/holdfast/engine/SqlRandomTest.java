// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.HoldfastException;
import dev.holdfast.Outcome;
import dev.holdfast.RemoteException;
import dev.holdfast.engine.EngineOptions.EventLimits;
import dev.holdfast.engine.sql.SqlLimits;
import dev.holdfast.engine.sql.page.ScratchLimits;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SQL databases against models, through random turns, failed commits and reads, sleep, restarts,
 * takeovers, crashes, and all kinds of damage to scratch files. What was confirmed is there, a turn
 * is there as a whole or not at all, and every database passes SQLite's check.
 *
 * <p>The seed of a failing run is in the test's name; it replays the run as far as threads do not
 * matter.
 */
class SqlRandomTest {
  private static final int OBJECTS = 3;
  private static final int ROUNDS = 25;
  private static final int SAMPLE = 4;
  private static final int THOROUGH = 300;

  @TempDir Path folder;

  static LongStream seeds() {
    return Long.getLong("holdfast.seed") != null
        ? LongStream.of(Long.getLong("holdfast.seed"))
        : new Random().longs(Boolean.getBoolean("holdfast.thorough") ? THOROUGH : SAMPLE);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void databases_areWhatWasConfirmed(long seed) throws IOException {
    System.out.println("SqlRandomTest: -Dholdfast.seed=" + seed);
    try (Run run = new Run(seed)) {
      run.run();
    }
  }

  private final class Run implements AutoCloseable {
    private final Random random;
    private final EngineOptions options;
    private final TestEngine test;
    private final ScratchDamage damage;
    private final List<Known> objects = new ArrayList<>();
    private Path scratch = folder.resolve("scratch0");
    private int crashes;

    Run(long seed) {
      random = new Random(seed);
      SqlLimits few = new SqlLimits(1L << 30, 1 << 20, 4 << 10, 100, 1 + random.nextInt(2));
      ScratchLimits kept =
          new ScratchLimits(
              random.nextBoolean() ? 1L << 30 : random.nextInt(100_000),
              random.nextBoolean() ? 0 : 50_000);
      EngineOptions defaults = EngineOptions.defaults();
      EventLimits patient =
          defaults.events().withCallTimeout(Duration.ofHours(1)).withWallLimit(Duration.ofHours(1));
      options =
          defaults
              .withInlining(random.nextBoolean())
              .withEvents(patient)
              .withSql(defaults.sql().withLimits(few).withScratchLimits(kept));
      test = new TestEngine(options.withSql(options.sql().withScratch(scratch)));
      damage = new ScratchDamage(random, folder.resolve("attic"));
      test.script("describe", SqlModel::describe);
      for (int i = 0; i < OBJECTS; i++) {
        objects.add(new Known("o" + i));
      }
    }

    /** What is known of an object. */
    private final class Known {
      private final String name;

      /** It holds one of these. */
      private List<SqlModel> possible = List.of(new SqlModel());

      private SqlTurn turn = new SqlTurn(new SqlModel(), 0);

      Known(String name) {
        this.name = name;
      }

      CompletableFuture<String> start() {
        check();
        turn = new SqlTurn(possible.getFirst(), random.nextLong());
        test.script(name, turn);
        return test.call(name, name);
      }

      void ended(CompletableFuture<String> call) {
        try {
          call.get();
          possible = List.of(turn.after());
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof HoldfastException failure)
              || failure instanceof RemoteException) {
            throw new AssertionError(name, e.getCause());
          }
          possible =
              failure.outcome() == Outcome.NOT_APPLIED
                  ? turn.possible().subList(0, 1)
                  : turn.possible();
        }
      }

      /** Learns what it holds. */
      void check() {
        String found = null;
        for (int attempt = 0; found == null; attempt++) {
          CompletableFuture<String> describe = test.call(name, "describe");
          passTime(List.of(describe));
          if (!describe.isCompletedExceptionally()) {
            found = TestEngine.get(describe);
          } else if (attempt == 5) {
            throw new AssertionError(name, TestEngine.failure(describe));
          }
        }
        String is = found;
        List<SqlModel> same =
            possible.stream().filter(state -> state.describe().equals(is)).toList();
        if (same.isEmpty()) {
          assertThat(is).as(name).isEqualTo(possible.getLast().describe());
        }
        possible = same.subList(0, 1);
      }
    }

    private void passTime(List<CompletableFuture<String>> calls) {
      CompletableFuture<?> all =
          CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new));
      TestEngine.until(
          "done as time passes",
          () -> {
            test.clock.advance(Duration.ofMillis(20));
            return all.isDone();
          });
    }

    void run() throws IOException {
      for (int round = 0; round < ROUNDS; round++) {
        trouble();
        if (random.nextInt(6) == 0) {
          crash();
        } else {
          for (int times = 1 + random.nextInt(4); times > 0; times--) {
            turns();
            damageClosed();
          }
        }
        between();
      }
      test.stopEngine();
      ScratchDamage.remove(scratch);
      test.renew();
      objects.forEach(Known::check);
    }

    private void trouble() {
      if (random.nextInt(3) == 0) {
        CommitFault[] faults = CommitFault.values();
        test.store().faults().failNextCommit(faults[random.nextInt(faults.length)]);
      }
      if (random.nextInt(8) == 0) {
        test.store().faults().failNextRead();
      }
      if (random.nextInt(8) == 0) {
        test.store().faults().failNextOpen();
      }
    }

    /** Some objects at once, maybe with commits that take their time. */
    private void turns() {
      List<Known> some = some();
      boolean held = random.nextInt(3) == 0;
      long submitted = test.store().gate().submitted();
      List<CompletableFuture<String>> calls = some.stream().map(Known::start).toList();
      if (held) {
        test.store().gate().hold();
        TestEngine.until(
            "something is to be committed, or all is done",
            () ->
                test.store().gate().submitted() > submitted
                    || calls.stream().allMatch(CompletableFuture::isDone));
        test.store().gate().release();
      }
      passTime(calls);
      for (int i = 0; i < some.size(); i++) {
        some.get(i).ended(calls.get(i));
      }
    }

    /** Files are removed and cut off that seem to be closed, while the engine runs. */
    private void damageClosed() throws IOException {
      if (random.nextInt(3) == 0) {
        damage.damageClosed(scratch);
      }
    }

    private List<Known> some() {
      List<Known> some = new ArrayList<>(objects);
      while (some.size() > 1 && random.nextBoolean()) {
        some.remove(random.nextInt(some.size()));
      }
      return some;
    }

    /** The node is killed while turns are under way; another starts with the files of then. */
    private void crash() throws IOException {
      List<Known> some = some();
      List<CompletableFuture<String>> calls = some.stream().map(Known::start).toList();
      for (long spins = random.nextLong(200_000); spins > 0; spins--) {
        Thread.onSpinWait();
      }
      crashes++;
      Path left = folder.resolve("scratch" + crashes);
      if (random.nextInt(4) > 0) {
        test.store().gate().hold();
      }
      ScratchDamage.copy(scratch, left);
      scratch = left;
      test.setOptions(options.withSql(options.sql().withScratch(left)));
      TestEngine.Deposed deposed = test.takeOver();
      deposed.store().gate().release();
      CompletableFuture<String> closing =
          test.worker(
              () -> {
                deposed.close();
                return "";
              });
      List<CompletableFuture<String>> all = new ArrayList<>(calls);
      all.add(closing);
      passTime(all);
      for (int i = 0; i < some.size(); i++) {
        some.get(i).ended(calls.get(i));
      }
      objects.forEach(Known::check);
    }

    private void between() throws IOException {
      if (random.nextInt(5) == 0) {
        damage.remember(scratch);
      }
      switch (random.nextInt(6)) {
        case 0 -> test.letSleep();
        case 1, 2 -> {
          test.stopEngine();
          damage.damage(scratch);
          test.renew();
        }
        case 3 -> {
          if (random.nextInt(4) == 0) {
            ScratchDamage.remove(scratch);
          }
        }
        default -> {
          // All go on.
        }
      }
    }

    @Override
    public void close() {
      test.close();
    }
  }
}
