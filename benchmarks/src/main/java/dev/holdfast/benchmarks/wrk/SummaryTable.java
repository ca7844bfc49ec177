// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.wrk;

import static dev.holdfast.benchmarks.contest.Table.Column.number;
import static dev.holdfast.benchmarks.contest.Table.Column.text;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.DiskSync;
import dev.holdfast.benchmarks.contest.Table;
import dev.holdfast.benchmarks.contest.Table.Column;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A table in Markdown: for each workload a row for each contender, and one for the disk. */
public final class SummaryTable {
  private static final List<Column> FIGURES =
      List.of(
          text("server"),
          number("per second"),
          number("p50 ms"),
          number("p99 ms"),
          number("of the floor"),
          number("× workerd"),
          number("CPU µs each"),
          number("RSS MiB"),
          number("errors"),
          number("noise"));

  private final Table table;
  private final int workloadColumns;

  private SummaryTable(Table table, int workloadColumns) {
    this.table = table;
    this.workloadColumns = workloadColumns;
  }

  /**
   * Prints the head.
   *
   * @param workload columns that tell the workload, the first of them what is done
   * @param ofOurs columns behind the figures, for rows of ours
   */
  public static SummaryTable open(PrintStream out, List<Column> workload, Column... ofOurs) {
    List<Column> columns = new ArrayList<>(workload);
    columns.addAll(FIGURES);
    Collections.addAll(columns, ofOurs);
    return new SummaryTable(Table.open(out, columns.toArray(Column[]::new)), workload.size());
  }

  public void disk(String when, DiskSync sync) {
    List<String> row = new ArrayList<>(Collections.nCopies(workloadColumns, ""));
    row.set(0, "append 4 KiB, fdatasync");
    row.add("disk, " + when);
    row.add("%,.0f".formatted(sync.perSecond()));
    row.add("%.2f".formatted(sync.p50Millis()));
    row.add("%.2f".formatted(sync.p99Millis()));
    table.row(row.toArray(String[]::new));
  }

  /** A row for each contender, in their order. */
  public void workload(List<String> workload, Map<Contender, Summary> all, String... ofOurs) {
    all.forEach(
        (contender, summary) -> {
          List<String> row = new ArrayList<>(workload);
          row.add(contender.label);
          row.add(figure("%,.0f", summary, summary.perSecond()));
          row.add(figure("%.2f", summary, summary.p50Millis()));
          row.add(figure("%.2f", summary, summary.p99Millis()));
          row.add(ratio(summary, all.get(Contender.FLOOR)));
          row.add(ratio(summary, all.get(Contender.WORKERD)));
          row.add(figure("%.1f", summary, summary.cpuMicrosPerRequest()));
          row.add(figure("%.0f", summary, summary.residentMebibytes()));
          row.add("%,d".formatted(summary.errors()));
          row.add("%.0f %%".formatted(100 * summary.noise()));
          if (contender == Contender.OURS) {
            Collections.addAll(row, ofOurs);
          }
          table.row(row.toArray(String[]::new));
        });
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
