// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import static dev.holdfast.benchmarks.contest.Table.Column.number;
import static dev.holdfast.benchmarks.contest.Table.Column.text;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.DiskSync;
import dev.holdfast.benchmarks.wrk.Summary;
import dev.holdfast.benchmarks.wrk.SummaryTable;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** The table, in Markdown, a row for each contender on each workload. */
final class Report {
  private final SummaryTable table;

  Report(PrintStream out) {
    table =
        SummaryTable.open(
            out, List.of(text("work"), number("connections"), number("objects")), text("budget"));
  }

  void disk(String when, DiskSync sync) {
    table.disk(when, sync);
  }

  /** A row for each contender, in their order. */
  void workload(Workload workload, int commitDelayMillis, Map<Contender, Summary> all) {
    String work =
        workload.kind().label
            + (commitDelayMillis > 0 ? " + " + commitDelayMillis + " ms a commit" : "");
    table.workload(
        List.of(
            work, Integer.toString(workload.connections()), "%,d".formatted(workload.objects())),
        all,
        Budget.verdict(workload, all));
  }
}
