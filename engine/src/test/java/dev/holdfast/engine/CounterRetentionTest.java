// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Bookmark;
import dev.holdfast.engine.VersionsModel.Version;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.PruneReport;
import dev.holdfast.store.View;
import dev.holdfast.store.rocksdb.RocksStore;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A counter is incremented very often over days, now and then a bookmark is taken, and history is
 * pruned beside that as a node does it. At each minute everything that the rule and the bookmarks
 * keep is there, after a pass of pruning nothing else is, and the store is small.
 */
class CounterRetentionTest {
  private static final boolean THOROUGH = Boolean.getBoolean("holdfast.thorough");
  private static final long INCREMENTS =
      Long.getLong("holdfast.increments", THOROUGH ? 10_000_000 : 100_000);
  private static final int HOURS = THOROUGH ? 172 : 26;
  private static final long MOST_BYTES = 256L << 20;
  private static final int CALLS_AT_ONCE = 500;
  private static final int STEP = 2_000;

  @TempDir Path folder;

  @Test
  void atEachMinute_theStoreHasWhatTheRuleKeeps() {
    Long replayed = Long.getLong("holdfast.seed");
    long seed = replayed != null ? replayed : new Random().nextLong();
    System.out.printf(
        "CounterRetentionTest: -Dholdfast.seed=%d -Dholdfast.increments=%d%n", seed, INCREMENTS);
    try (Run run = new Run(seed)) {
      run.run();
      System.out.println("CounterRetentionTest: " + run.summary());
    }
  }

  /** How often an hour of some kind has the counter incremented. */
  private enum Kind {
    IDLE,
    SLOW,
    STEADY,
    BURSTS;

    /** What share of the increments a second of a minute gets. */
    int share(Random random, boolean burst) {
      return switch (this) {
        case IDLE -> 0;
        case SLOW -> random.nextInt(100) == 0 ? 1 : 0;
        case STEADY -> random.nextInt(THOROUGH ? 4 : 20) == 0 ? 1 + random.nextInt(5) : 0;
        case BURSTS -> burst && random.nextInt(20) == 0 ? 300 : 0;
      };
    }
  }

  private final class Run implements AutoCloseable {
    private static final String KEY = "n";

    private final Random random;
    private final TestEngine test;
    private final ObjectStore store;
    private final Codec codec = new Codec();
    private final VersionsModel model = new VersionsModel();
    private final ScriptedCalls counter;
    private final ObjectRef object;
    private int secondsWritten;
    private int bookmarks;

    /** Increments right after bookmarks, of the same second. */
    private int extra;

    private int minutes;
    private int mostVersions;
    private long mostBytes;

    Run(long seed) {
      random = new Random(seed);
      List<ObjectStore> opened = new ArrayList<>();
      test =
          new TestEngine(
              EngineOptions.defaults(),
              SocketLimits.DEFAULT,
              clock -> {
                opened.add(
                    RocksStore.open(
                        folder.resolve("data"), RocksStoreOptions.defaults().withClock(clock)));
                return opened.getFirst();
              });
      store = opened.getFirst();
      test.script("increment", self -> String.valueOf(self.add(KEY, 1)));
      test.script("mark", self -> self.store().history().current().toString());
      counter = test.object("counter");
      object = new ObjectRef(TestEngine.SCRIPTED, test.objects().idFromName("counter"));
    }

    void run() {
      int[] shares = shares();
      long all = 0;
      for (int share : shares) {
        all += share;
      }
      long before = 0;
      for (int minute = 0; minute < HOURS * 60; minute++) {
        CompletableFuture<PruneReport> pruning = test.worker(this::prunePass);
        for (int second = 0; second < 60; second++) {
          int share = shares[60 * minute + second];
          long due = INCREMENTS * (before + share) / all - INCREMENTS * before / all;
          before += share;
          if (due > 0) {
            increment(due);
          }
          test.clock.advance(Duration.ofSeconds(1));
        }
        TestEngine.get(pruning);
        check();
        if ((minute + 1) % (24 * 60) == 0) {
          System.out.println("CounterRetentionTest: so far " + summary());
        }
      }
      assertThat(model.value()).isEqualTo(INCREMENTS + extra);
    }

    /** What share of the increments each second gets. */
    private int[] shares() {
      int[] shares = new int[HOURS * 3_600];
      List<Kind> kinds = List.of(Kind.values());
      for (int hour = 0; hour < HOURS; hour++) {
        Kind kind = kinds.get(random.nextInt(kinds.size()));
        for (int minute = 0; minute < 60; minute++) {
          boolean burst = random.nextInt(4) == 0;
          for (int second = 0; second < 60; second++) {
            shares[hour * 3_600 + minute * 60 + second] = kind.share(random, burst);
          }
        }
      }
      shares[random.nextInt(3_600)] = 1;
      return shares;
    }

    private void increment(long times) {
      AtomicLong left = new AtomicLong(times);
      List<CompletableFuture<?>> callers = new ArrayList<>();
      for (int i = 0; i < Math.min(times, CALLS_AT_ONCE); i++) {
        callers.add(
            test.worker(
                () -> {
                  while (left.getAndDecrement() > 0) {
                    counter.run("increment");
                  }
                  return "";
                }));
      }
      TestEngine.get(CompletableFuture.allOf(callers.toArray(CompletableFuture<?>[]::new)));
      model.incremented(times, test.clock.now().getEpochSecond());
      secondsWritten++;
      if (random.nextInt(THOROUGH ? 400 : 50) == 0) {
        bookmark();
      }
    }

    private void bookmark() {
      Bookmark bookmark = Bookmark.parse(TestEngine.get(test.call("counter", "mark")));
      assertThat(bookmark.moment()).isEqualTo(model.bookmarked(test.clock.now()).packed());
      bookmarks++;
      if (random.nextBoolean()) {
        increment(1);
        extra++;
      }
    }

    private PruneReport prunePass() {
      int examined = 0;
      int removed = 0;
      PruneReport step;
      do {
        step = store.prune(STEP);
        examined += step.examined();
        removed += step.removed();
      } while (!step.passCompleted());
      return new PruneReport(examined, removed, true);
    }

    private void check() {
      PruneReport pass = prunePass();
      List<Version> kept = model.kept(test.clock.now());
      assertThat(pass.examined() - pass.removed())
          .as("versions in the store at %s", test.clock.now())
          .isEqualTo(kept.size());
      for (Version version : kept) {
        if (version.value() >= 0) {
          assertHas(View.endOf(version.from()), version.value());
        }
      }
      if (model.value() > 0) {
        assertHas(View.current(), model.value());
      }
      long bytes = bytes();
      assertThat(bytes).as("bytes on disk at %s", test.clock.now()).isLessThan(MOST_BYTES);
      minutes++;
      mostVersions = Math.max(mostVersions, kept.size());
      mostBytes = Math.max(mostBytes, bytes);
    }

    private void assertHas(View view, long value) {
      byte[] found = store.get(object, EntryKey.user(KEY), view);
      if (!Arrays.equals(found, codec.encode(value))) {
        throw new AssertionError(
            "at %s, %s: expected %d, found %s"
                .formatted(
                    test.clock.now(),
                    view,
                    value,
                    found == null ? "nothing" : codec.decode(found, Object.class)));
      }
    }

    private long bytes() {
      try (Stream<Path> files = Files.walk(folder)) {
        return files.mapToLong(Run::size).sum();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** The store may remove a file at any time. */
    private static long size(Path file) {
      try {
        return Files.isRegularFile(file) ? Files.size(file) : 0;
      } catch (NoSuchFileException e) {
        return 0;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    String summary() {
      return "%d increments in %d seconds of %d hours, %d bookmarks, %d minutes compared, at most %d versions and %.1f MiB on disk"
          .formatted(
              model.value(),
              secondsWritten,
              minutes / 60,
              bookmarks,
              minutes,
              mostVersions,
              mostBytes / (double) (1 << 20));
    }

    @Override
    public void close() {
      test.close();
    }
  }
}
