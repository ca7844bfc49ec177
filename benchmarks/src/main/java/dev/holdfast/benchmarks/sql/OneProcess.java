// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql;

import static dev.holdfast.benchmarks.contest.Table.Column.number;
import static dev.holdfast.benchmarks.contest.Table.Column.text;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.DataFolder;
import dev.holdfast.benchmarks.contest.EntryOptions;
import dev.holdfast.benchmarks.contest.Progress;
import dev.holdfast.benchmarks.contest.RoundOptions;
import dev.holdfast.benchmarks.contest.Table;
import dev.holdfast.benchmarks.sql.app.Shop;
import dev.holdfast.benchmarks.sql.floor.ShopFile;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig.SynchronousMode;

/**
 * What an update and a read of one row take of a processor, without HTTP. Ours is driven by many
 * callers, so that one sync of the store carries many updates. The floor is SQLite alone, by one
 * caller, and does not sync: that is the least an update takes.
 */
final class OneProcess {
  private static final int CALLERS = 256;
  private static final double BUDGET_MICROS = 100;
  private static final com.sun.management.OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);

  private final Progress progress;
  private final RoundOptions rounds;
  private final Table table;

  OneProcess(Progress progress, RoundOptions rounds, PrintStream out) {
    this.progress = progress;
    this.rounds = rounds;
    this.table =
        Table.open(
            out,
            text("work"),
            text("server"),
            number("callers"),
            number("per second"),
            number("CPU µs each"),
            number("per second and core"),
            text("budget"));
  }

  /** One update or read of one row. */
  private interface Work {
    void run(long item) throws Exception;
  }

  void run(EntryOptions entry) throws Exception {
    if (entry.has(Contender.OURS)) {
      try (SqlNode node = SqlNode.start(entry.data())) {
        Shop shop = node.engine().objects(Shop.class).getByName("s0");
        measure("update", "ours", CALLERS, BUDGET_MICROS, shop::update);
        measure("read", "ours", CALLERS, 0, shop::read);
      }
    }
    if (entry.has(Contender.FLOOR)) {
      DataFolder folder = DataFolder.create(entry.data(), "sqlite-");
      try (ShopFile shop =
          new ShopFile(folder.path().resolve("s0.db"), Shop.ITEMS, SynchronousMode.OFF)) {
        measure("update", "SQLite alone, not synced", 1, 0, shop::update);
        measure("read", "SQLite alone", 1, 0, shop::read);
      } finally {
        folder.delete();
      }
    }
  }

  /**
   * @param budgetMicros none if it is 0
   */
  private void measure(String what, String server, int callers, double budgetMicros, Work work)
      throws Exception {
    progress.show("%s in one process, %s".formatted(what, server));
    var _ = drive(work, callers, rounds.warmUp());
    double[] perSecond = new double[rounds.turns().rounds()];
    double[] micros = new double[perSecond.length];
    for (int i = 0; i < perSecond.length; i++) {
      Cost cost = drive(work, callers, rounds.length());
      perSecond[i] = cost.perSecond();
      micros[i] = cost.cpuMicros();
    }
    Samples cpu = Samples.of(micros);
    table.row(
        what,
        server,
        Integer.toString(callers),
        figure("%,.0f", Samples.of(perSecond).median()),
        figure("%.1f", cpu.median()),
        figure("%,.0f", 1e6 / cpu.median()),
        budgetMicros == 0 ? "" : cpu.atMost(budgetMicros, "µs"));
  }

  /**
   * @param cpuMicros processor time of this process for each, whatever of it took that
   */
  private record Cost(double perSecond, double cpuMicros) {}

  private static Cost drive(Work work, int callers, Duration duration) throws Exception {
    LongAdder done = new LongAdder();
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    long cpu = SYSTEM.getProcessCpuTime();
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  while (System.nanoTime() < end) {
                    work.run(1 + ThreadLocalRandom.current().nextInt(Shop.ITEMS));
                    done.increment();
                  }
                } catch (Exception e) {
                  failure.compareAndSet(null, e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Exception failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    long count = done.sum();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Cost(count / seconds, (SYSTEM.getProcessCpuTime() - cpu) / 1e3 / count);
  }

  private static String figure(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
