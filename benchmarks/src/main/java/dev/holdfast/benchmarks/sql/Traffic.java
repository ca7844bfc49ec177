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
import dev.holdfast.benchmarks.wrk.CountedServer;
import dev.holdfast.benchmarks.wrk.Summary;
import dev.holdfast.benchmarks.wrk.SummaryTable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Updates and reads over HTTP, the servers taking turns. */
final class Traffic {
  private final Progress progress;
  private final RoundOptions rounds;
  private final SummaryTable table;
  private boolean sound = true;

  Traffic(Progress progress, RoundOptions rounds, PrintStream out) {
    this.progress = progress;
    this.rounds = rounds;
    this.table = SummaryTable.open(out, List.of(text("work"), number("objects")));
  }

  /** Runs all workloads; returns whether every request did what was asked. */
  boolean run(EntryOptions entry, LaunchOptions options) throws IOException, InterruptedException {
    Path data = entry.data();
    table.disk("before", DiskSync.measure(data));
    try (Contest<CountedServer> contest = new Contest<>(progress, rounds.turns())) {
      contest.enter(
          entry.contenders(),
          contender -> ShopServer.start(contender, options, data),
          server -> {
            for (Workload workload : Workload.all()) {
              var _ = workload.drive(server, rounds.warmUp());
            }
          });
      for (Workload workload : Workload.all()) {
        Map<Contender, Summary> all =
            contest.rounds(
                workload.toString(),
                server -> workload.drive(server, rounds.length()),
                Summary::new);
        sound &= all.values().stream().allMatch(Summary::sound);
        table.workload(List.of(workload.kind().label, "%,d".formatted(workload.objects())), all);
      }
      table.disk("after", DiskSync.measure(data));
      for (CountedServer server : contest.servers()) {
        progress.show("checking the shops of " + server.contender().label);
        server.verify();
      }
    }
    return sound;
  }
}
