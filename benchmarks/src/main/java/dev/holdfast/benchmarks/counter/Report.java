// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import static dev.holdfast.benchmarks.contest.Table.Column.number;
import static dev.holdfast.benchmarks.contest.Table.Column.text;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.DiskSync;
import dev.holdfast.benchmarks.contest.Table;
import dev.holdfast.benchmarks.wrk.Summary;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table, in Markdown, a row for each contender on each workload. */
final class Report {
  private final Table table;

  Report(PrintStream out) {
    table =
        Table.open(
            out,
            text("work"),
            number("connections"),
            number("objects"),
            text("server"),
            number("per second"),
            number("p50 ms"),
            number("p99 ms"),
            number("of the floor"),
            number("× workerd"),
            number("CPU µs each"),
            number("RSS MiB"),
            number("errors"),
            number("noise"),
            text("budget"));
  }

  void disk(String when, DiskSync sync) {
    table.row(
        "append 4 KiB, fdatasync",
        "",
        "",
        "disk, " + when,
        "%,.0f".formatted(sync.perSecond()),
        "%.2f".formatted(sync.p50Millis()),
        "%.2f".formatted(sync.p99Millis()));
  }

  /** A row for each contender, in their order. */
  void workload(Workload workload, int commitDelayMillis, Map<Contender, Summary> all) {
    String work =
        workload.kind().label
            + (commitDelayMillis > 0 ? " + " + commitDelayMillis + " ms a commit" : "");
    all.forEach(
        (contender, summary) ->
            table.row(
                work,
                Integer.toString(workload.connections()),
                "%,d".formatted(workload.objects()),
                contender.label,
                figure("%,.0f", summary, summary.perSecond()),
                figure("%.2f", summary, summary.p50Millis()),
                figure("%.2f", summary, summary.p99Millis()),
                ratio(summary, all.get(Contender.FLOOR)),
                ratio(summary, all.get(Contender.WORKERD)),
                figure("%.1f", summary, summary.cpuMicrosPerRequest()),
                figure("%.0f", summary, summary.residentMebibytes()),
                "%,d".formatted(summary.errors()),
                "%.0f %%".formatted(100 * summary.noise()),
                contender == Contender.OURS ? Budget.verdict(workload, all) : ""));
  }

  private static String figure(String format, Summary summary, double value) {
    return summary.sound() ? String.format(Locale.ROOT, format, value) : "void";
  }

  private static String ratio(Summary summary, @Nullable Summary peer) {
    return peer == null || peer == summary || !peer.sound() || !summary.sound()
        ? ""
        : String.format(Locale.ROOT, "%.2f", summary.perSecond() / peer.perSecond());
  }
}
