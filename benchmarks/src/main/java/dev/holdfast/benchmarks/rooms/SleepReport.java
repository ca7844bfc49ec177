// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import static dev.holdfast.benchmarks.contest.Table.Column.number;
import static dev.holdfast.benchmarks.contest.Table.Column.text;

import dev.holdfast.benchmarks.contest.Table;
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
  private final Table table;

  SleepReport(PrintStream out, int sockets) {
    this.out = out;
    this.sockets = sockets;
    this.table =
        Table.open(
            out,
            text("server"),
            number("sockets"),
            number("heap MiB, none open"),
            number("heap MiB, all asleep"),
            number("heap bytes each, just opened"),
            number("heap bytes each, later"),
            number("beyond Vert.x's own"),
            number("direct bytes each"),
            number("RSS MiB, none open"),
            number("RSS MiB, all asleep"),
            number("RSS bytes each"),
            number("one message to each room: arrived"),
            number("objects awake then"),
            number("p99 ms"),
            number("heap MiB, asleep again"),
            number("RSS MiB, asleep again"),
            text("budget"));
  }

  void ours(InProcess ours, InProcess vertx) {
    long beyond = heapEach(ours) - heapEach(vertx);
    inProcess("ours", ours, whole(beyond), verdict(beyond));
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
    table.row(
        name,
        whole(sockets),
        mebibytes(before.heap().bytes()),
        mebibytes(asleep.heap().bytes()),
        whole(heapEach(figures.before(), asleep)),
        whole(heapEach(figures)),
        beyond,
        whole((asleep.direct() - before.direct()) / sockets),
        mebibytes(before.resident()),
        mebibytes(asleep.resident()),
        whole((asleep.resident() - before.resident()) / sockets),
        rolled ? whole(figures.roll().all()) : "",
        rolled ? whole(figures.awake()) : "",
        rolled ? millis(figures.roll()) : "",
        rolled ? mebibytes(figures.again().heap().bytes()) : "",
        rolled ? mebibytes(figures.again().resident()) : "",
        verdict);
  }

  /** With as many sockets as its limit of open files allowed. */
  void workerd(int ofWorkerd, Apart figures) {
    table.row(
        "workerd",
        whole(ofWorkerd),
        "",
        "",
        "",
        "",
        "",
        mebibytes(figures.before()),
        mebibytes(figures.asleep()),
        whole((figures.asleep() - figures.before()) / ofWorkerd),
        whole(figures.roll().all()),
        "",
        millis(figures.roll()),
        "",
        mebibytes(figures.again()));
  }

  /** What a sleeping socket consists of, by class, beside one of bare Vert.x. */
  void classes(InProcess ours, InProcess vertx) {
    HeapHistogram of = ours.again().heap().since(ours.before().heap());
    HeapHistogram than = vertx.again().heap().since(vertx.before().heap());
    Table classes =
        Table.open(
            out,
            text("class"),
            number("instances each"),
            number("bytes each"),
            number("bytes each, Vert.x alone"));
    long least = (long) LEAST_BYTES * sockets;
    Set<String> names = new LinkedHashSet<>(of.largest(least));
    names.addAll(than.largest(least));
    for (String name : names) {
      Population population = of.of(name);
      classes.row(
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

  private static String whole(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
