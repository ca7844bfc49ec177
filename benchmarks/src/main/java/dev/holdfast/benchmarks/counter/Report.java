// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import dev.holdfast.benchmarks.contest.Contender;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table, in Markdown, a row for each contender on each workload. */
final class Report {
  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  void head() {
    row(
        "work",
        "connections",
        "objects",
        "server",
        "per second",
        "p50 ms",
        "p99 ms",
        "of the floor",
        "× workerd",
        "CPU µs each",
        "RSS MiB",
        "errors",
        "noise",
        "budget");
    row(
        "---", "--:", "--:", "---", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:",
        "---");
  }

  void disk(String when, DiskSync sync) {
    row(
        "append 4 KiB, fdatasync",
        "",
        "",
        "disk, " + when,
        "%,.0f".formatted(sync.perSecond()),
        "%.2f".formatted(sync.p50Millis()),
        "%.2f".formatted(sync.p99Millis()),
        "",
        "",
        "",
        "",
        "",
        "",
        "");
  }

  /** A row for each contender, in their order. */
  void workload(Workload workload, int commitDelayMillis, Map<Contender, Summary> all) {
    String work =
        workload.kind().label
            + (commitDelayMillis > 0 ? " + " + commitDelayMillis + " ms a commit" : "");
    all.forEach(
        (contender, summary) ->
            row(
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

  private void row(String... cells) {
    out.println("| " + String.join(" | ", cells) + " |");
  }
}
