// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import static dev.holdfast.benchmarks.contest.Table.Column.number;
import static dev.holdfast.benchmarks.contest.Table.Column.text;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.Table;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table of what was delivered, in Markdown, a row for each contender on each scene. */
final class Report {
  private static final int TIMES_WORKERD = 5;

  private final Table table;

  Report(PrintStream out) {
    table =
        Table.open(
            out,
            text("load"),
            number("rooms"),
            number("sockets each"),
            text("server"),
            number("delivered per second"),
            number("p50 ms"),
            number("p99 ms"),
            number("of the floor"),
            number("× workerd"),
            number("CPU µs each"),
            number("clients' µs each"),
            number("RSS MiB"),
            number("noise"),
            text("budget"));
  }

  /** A row for each contender, in their order. */
  void scene(Scene scene, Load load, Map<Contender, Summary> all) {
    all.forEach(
        (contender, summary) ->
            table.row(
                load.label,
                "%,d".formatted(scene.rooms()),
                "%,d".formatted(scene.members()),
                contender.label,
                figure("%,.0f", summary.perSecond()),
                figure("%.2f", summary.p50Millis()),
                figure("%.2f", summary.p99Millis()),
                ratio(load, summary, all.get(Contender.FLOOR)),
                ratio(load, summary, all.get(Contender.WORKERD)),
                figure("%.2f", summary.cpuMicrosPerDelivery()),
                figure("%.2f", summary.clientsMicrosPerDelivery()),
                figure("%.0f", summary.residentMebibytes()),
                figure("%.0f %%", 100 * summary.noise()),
                contender == Contender.OURS ? verdict(scene, load, all) : ""));
  }

  /** Of what was delivered, where that is not the same for all. */
  private static String ratio(Load load, Summary summary, @Nullable Summary peer) {
    if (peer == null || peer == summary || load == Load.PACED) {
      return "";
    }
    return figure("%.2f", summary.perSecond() / peer.perSecond());
  }

  private static String verdict(Scene scene, Load load, Map<Contender, Summary> all) {
    Summary ours = all.get(Contender.OURS);
    Summary workerd = all.get(Contender.WORKERD);
    if (ours == null || workerd == null || load != Load.SATURATED || scene.rooms() > 1) {
      return "";
    }
    boolean met = ours.perSecond() >= TIMES_WORKERD * workerd.perSecond();
    return "≥ %d × workerd: %s".formatted(TIMES_WORKERD, met ? "met" : "missed");
  }

  private static String figure(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
