// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import static java.util.stream.Collectors.joining;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.Contest;
import dev.holdfast.benchmarks.contest.DiskSync;
import dev.holdfast.benchmarks.contest.EntryOptions;
import dev.holdfast.benchmarks.contest.Failures;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.contest.Progress;
import dev.holdfast.benchmarks.contest.RoundOptions;
import dev.holdfast.benchmarks.contest.Surroundings;
import dev.holdfast.benchmarks.contest.Workerd;
import dev.holdfast.benchmarks.wrk.CountedServer;
import dev.holdfast.benchmarks.wrk.Summary;
import dev.holdfast.benchmarks.wrk.Wrk;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Drives each server in turn over HTTP and prints one table; docs/benchmarks.md says how to read
 * it.
 */
@Command(
    name = "durable-counter",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Reads and durable increments over HTTP: ours, the floor and workerd.")
public final class DurableCounter implements Callable<Integer> {
  private static final int SLOW_DISK_MILLIS = 1;

  @Mixin private final RoundOptions rounds = new RoundOptions();
  @Mixin private final EntryOptions entry = new EntryOptions();

  private final Progress progress = new Progress("durable-counter");
  private final List<String> voidFigures = new ArrayList<>();
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private DurableCounter() {}

  public static void main(String[] args) {
    System.exit(Failures.shown(new CommandLine(new DurableCounter())).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path data = entry.data();
    String wrk = Wrk.require();
    for (Contender contender : entry.contenders()) {
      CounterServer.prepare(contender);
    }
    out.println(Surroundings.describe("wrk " + wrk));
    out.println();
    out.println(rounds.describe());
    out.println();
    Report report = new Report(out);
    report.disk("before", DiskSync.measure(data));
    List<Workload> increments = Workload.all(Workload.Kind.INCREMENT);
    List<Workload> all = new ArrayList<>(increments);
    all.addAll(Workload.all(Workload.Kind.READ));
    contest(entry.contenders(), 0, all, report);
    contest(
        entry.contenders().stream().filter(Contender::canDelayCommits).toList(),
        SLOW_DISK_MILLIS,
        increments,
        report);
    report.disk("after", DiskSync.measure(data));
    out.println();
    out.printf(
        "After kill -9 the counters of each server added up to what its answers had promised: %s%n",
        entry.contenders().stream().map(contender -> contender.label).collect(joining(", ")));
    if (entry.has(Contender.WORKERD)) {
      out.println(Workerd.RESIDENT_MEMORY_NOTE);
    }
    if (voidFigures.isEmpty()) {
      return 0;
    }
    out.println("Not every request did what was asked, so these figures are void:");
    voidFigures.forEach(out::println);
    return 1;
  }

  /** Runs all workloads on all contenders, taking turns, then holds their counters against it. */
  private void contest(
      Collection<Contender> contenders,
      int commitDelayMillis,
      List<Workload> workloads,
      Report report)
      throws IOException, InterruptedException {
    LaunchOptions options = LaunchOptions.delayingCommits(commitDelayMillis);
    Path data = entry.data();
    try (Contest<CountedServer> contest = new Contest<>(progress, rounds.turns())) {
      contest.enter(
          contenders,
          contender -> CounterServer.start(contender, options, data),
          server -> warmUp(server, workloads));
      for (Workload workload : workloads) {
        Map<Contender, Summary> all =
            contest.rounds(
                workload.toString(),
                server -> workload.drive(server, rounds.length()),
                Summary::new);
        all.forEach(
            (contender, summary) -> {
              checkDelay(contender, summary, commitDelayMillis);
              noteErrors(contender, workload, summary);
            });
        report.workload(workload, commitDelayMillis, all);
      }
      for (CountedServer server : contest.servers()) {
        progress.show("checking the counters of " + server.contender().label);
        server.verify();
      }
    }
  }

  private static void checkDelay(Contender contender, Summary summary, int commitDelayMillis) {
    if (summary.p50Millis() < commitDelayMillis) {
      throw new IllegalStateException(
          "%s was told to add %d ms to each commit, but half of its answers took less than %.2f ms"
              .formatted(contender.label, commitDelayMillis, summary.p50Millis()));
    }
  }

  private void noteErrors(Contender contender, Workload workload, Summary summary) {
    if (!summary.sound()) {
      voidFigures.add(
          "%s, %s: %d answers with a status above 399, %d broken connections or late answers; least %,d answers a round"
              .formatted(
                  contender.label,
                  workload,
                  summary.refused(),
                  summary.errors() - summary.refused(),
                  summary.leastAnswered()));
    }
  }

  private void warmUp(CountedServer server, List<Workload> workloads)
      throws IOException, InterruptedException {
    for (Workload workload : workloads) {
      if (workload.connections() > 1) {
        var _ = workload.drive(server, rounds.warmUp());
      }
    }
  }
}
