// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql;

import static dev.holdfast.benchmarks.contest.Table.Column.number;
import static dev.holdfast.benchmarks.contest.Table.Column.text;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.Contest;
import dev.holdfast.benchmarks.contest.DiskSync;
import dev.holdfast.benchmarks.contest.EntryOptions;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.contest.Progress;
import dev.holdfast.benchmarks.contest.RoundOptions;
import dev.holdfast.benchmarks.contest.Table;
import dev.holdfast.benchmarks.wrk.Summary;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Updates and reads over HTTP, the servers taking turns. */
final class Traffic {
  private final Progress progress;
  private final RoundOptions rounds;
  private final Table table;
  private boolean sound = true;

  Traffic(Progress progress, RoundOptions rounds, PrintStream out) {
    this.progress = progress;
    this.rounds = rounds;
    this.table =
        Table.open(
            out,
            text("work"),
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
            number("noise"));
  }

  /** Runs all workloads; returns whether every request did what was asked. */
  boolean run(EntryOptions entry, LaunchOptions options) throws IOException, InterruptedException {
    Path data = entry.data();
    disk("before", DiskSync.measure(data));
    try (Contest<ShopServer> contest = new Contest<>(progress, rounds.turns())) {
      contest.enter(
          entry.contenders(),
          contender -> ShopServer.start(contender, options, data),
          this::warmUp);
      for (Workload workload : Workload.all()) {
        report(
            workload,
            contest.rounds(
                workload.toString(),
                server -> server.drive(workload, rounds.length()),
                Summary::new));
      }
      disk("after", DiskSync.measure(data));
      for (ShopServer server : contest.servers()) {
        progress.show("checking the shops of " + server.contender().label);
        server.verify();
      }
    }
    return sound;
  }

  private void warmUp(ShopServer server) throws IOException, InterruptedException {
    for (Workload workload : Workload.all()) {
      var _ = server.drive(workload, rounds.warmUp());
    }
  }

  private void disk(String when, DiskSync sync) {
    table.row(
        "append 4 KiB, fdatasync",
        "",
        "disk, " + when,
        "%,.0f".formatted(sync.perSecond()),
        "%.2f".formatted(sync.p50Millis()),
        "%.2f".formatted(sync.p99Millis()));
  }

  private void report(Workload workload, Map<Contender, Summary> all) {
    all.forEach(
        (contender, summary) -> {
          sound &= summary.sound();
          table.row(
              workload.kind().label,
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
              "%.0f %%".formatted(100 * summary.noise()));
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
