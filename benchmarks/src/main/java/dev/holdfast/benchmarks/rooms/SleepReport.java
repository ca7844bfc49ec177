// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import dev.holdfast.benchmarks.rooms.Asleep.Apart;
import dev.holdfast.benchmarks.rooms.Asleep.InProcess;
import dev.holdfast.benchmarks.rooms.HeapHistogram.Population;
import java.io.PrintStream;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/** The tables of what sleeping sockets take, in Markdown. */
final class SleepReport {
  private static final int BUDGET_BYTES = 500;

  /** Classes that take less for each socket are not listed. */
  private static final int LEAST_BYTES = 8;

  private final PrintStream out;
  private final int sockets;

  SleepReport(PrintStream out, int sockets) {
    this.out = out;
    this.sockets = sockets;
  }

  void head() {
    row(
        "server",
        "sockets",
        "heap MiB, none open",
        "heap MiB, all asleep",
        "heap bytes each, just opened",
        "heap bytes each, later",
        "beyond Vert.x's own",
        "direct bytes each",
        "RSS MiB, none open",
        "RSS MiB, all asleep",
        "RSS bytes each",
        "one message to each room: arrived",
        "objects awake then",
        "p99 ms",
        "heap MiB, asleep again",
        "RSS MiB, asleep again",
        "budget");
    row(
        "---", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:",
        "--:", "--:", "--:", "---");
  }

  void ours(InProcess ours, InProcess vertx) {
    long beyond = heapEach(ours) - heapEach(vertx);
    inProcess("ours", ours, number(beyond), verdict(beyond));
  }

  private static String verdict(long beyond) {
    return "≤ %d bytes of heap beyond Vert.x's own: %s"
        .formatted(BUDGET_BYTES, beyond <= BUDGET_BYTES ? "met" : "missed");
  }

  void vertx(InProcess vertx) {
    inProcess("Vert.x alone", vertx, "", "");
  }

  private void inProcess(String name, InProcess figures, String beyond, String verdict) {
    Memory before = figures.before();
    Memory asleep = figures.asleep();
    boolean rolled = figures.roll().all() > 0;
    row(
        name,
        number(sockets),
        mebibytes(before.heap().bytes()),
        mebibytes(asleep.heap().bytes()),
        number(heapEach(figures.before(), asleep)),
        number(heapEach(figures)),
        beyond,
        number((asleep.direct() - before.direct()) / sockets),
        mebibytes(before.resident()),
        mebibytes(asleep.resident()),
        number((asleep.resident() - before.resident()) / sockets),
        rolled ? number(figures.roll().all()) : "",
        rolled ? number(figures.awake()) : "",
        rolled ? millis(figures.roll()) : "",
        rolled ? mebibytes(figures.again().heap().bytes()) : "",
        rolled ? mebibytes(figures.again().resident()) : "",
        verdict);
  }

  void workerd(Apart figures) {
    row(
        "workerd",
        number(sockets),
        "",
        "",
        "",
        "",
        "",
        mebibytes(figures.before()),
        mebibytes(figures.asleep()),
        number((figures.asleep() - figures.before()) / sockets),
        number(figures.roll().all()),
        "",
        millis(figures.roll()),
        "",
        mebibytes(figures.again()),
        "");
  }

  /** What a sleeping socket consists of, by class, beside one of bare Vert.x. */
  void classes(InProcess ours, InProcess vertx) {
    HeapHistogram of = ours.again().heap().since(ours.before().heap());
    HeapHistogram than = vertx.again().heap().since(vertx.before().heap());
    row("class", "instances each", "bytes each", "bytes each, Vert.x alone");
    row("---", "--:", "--:", "--:");
    long least = (long) LEAST_BYTES * sockets;
    Set<String> names = new LinkedHashSet<>(of.largest(least));
    names.addAll(than.largest(least));
    for (String name : names) {
      Population population = of.of(name);
      row(
          "`" + name + "`",
          each(population.instances()),
          each(population.bytes()),
          each(than.of(name).bytes()));
    }
  }

  private String each(long number) {
    return String.format(Locale.ROOT, "%.1f", (double) number / sockets);
  }

  private long heapEach(InProcess figures) {
    return heapEach(figures.before(), figures.again());
  }

  private long heapEach(Memory before, Memory then) {
    return (then.heap().bytes() - before.heap().bytes()) / sockets;
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / (double) (1 << 20));
  }

  private static String millis(Deliveries roll) {
    return String.format(Locale.ROOT, "%.0f", roll.p99().toNanos() / 1e6);
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private void row(String... cells) {
    out.println("| " + String.join(" | ", cells) + " |");
  }
}
