// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import static java.util.stream.Collectors.joining;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.Failures;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.contest.Progress;
import dev.holdfast.benchmarks.contest.Surroundings;
import dev.holdfast.benchmarks.contest.Turns;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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

  @Option(names = "--quick", description = "one round of two seconds, a short warm-up")
  private boolean quick;

  @Option(names = "--seconds", defaultValue = "4", description = "of a round (${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description =
          "of each server on each workload, taking turns; medians count (${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--only",
      split = ",",
      defaultValue = "ours,floor,workerd",
      converter = Contender.ByLabel.class,
      description = "servers that take part (${DEFAULT-VALUE})")
  private List<Contender> only = List.of();

  @Option(
      names = "--noise",
      defaultValue = "0.1",
      description =
          "a round in which other programs used more than this share of the processors is run"
              + " again, up to three times (${DEFAULT-VALUE})")
  private double noise;

  @Option(
      names = "--data",
      defaultValue = "benchmarks/target/data",
      description = "where the servers keep their data; not in memory (${DEFAULT-VALUE})")
  private Path data = Path.of("");

  private final Progress progress = new Progress("durable-counter");
  private final List<String> voidFigures = new ArrayList<>();
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private DurableCounter() {}

  public static void main(String[] args) {
    System.exit(Failures.shown(new CommandLine(new DurableCounter())).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (quick) {
      rounds = 1;
      seconds = 2;
    }
    Files.createDirectories(data);
    String wrk = Wrk.require();
    for (Contender contender : only) {
      CounterServer.prepare(contender);
    }
    out.println(Surroundings.describe("wrk " + wrk));
    out.println();
    out.printf(
        "%d rounds of %d s of each server on each workload, taking turns; each figure is the median"
            + " of its rounds%n%n",
        rounds, seconds);
    Report report = new Report(out);
    report.disk("before", DiskSync.measure(data));
    List<Workload> increments = Workload.all(Workload.Kind.INCREMENT);
    List<Workload> all = new ArrayList<>(increments);
    all.addAll(Workload.all(Workload.Kind.READ));
    contest(only, 0, all, report);
    contest(
        only.stream().filter(Contender::canDelayCommits).toList(),
        SLOW_DISK_MILLIS,
        increments,
        report);
    report.disk("after", DiskSync.measure(data));
    out.println();
    out.printf(
        "After kill -9 the counters of each server added up to what its answers had promised: %s%n",
        only.stream().map(contender -> contender.label).collect(joining(", ")));
    if (voidFigures.isEmpty()) {
      return 0;
    }
    out.println("Not every request did what was asked, so these figures are void:");
    voidFigures.forEach(out::println);
    return 1;
  }

  /** Runs all workloads on all contenders, taking turns, then holds their counters against it. */
  private void contest(
      List<Contender> contenders, int commitDelayMillis, List<Workload> workloads, Report report)
      throws IOException, InterruptedException {
    LaunchOptions options = LaunchOptions.delayingCommits(commitDelayMillis);
    List<CounterServer> servers = new ArrayList<>();
    try {
      for (Contender contender : contenders) {
        progress.show("starting and warming up " + contender.label);
        CounterServer server = CounterServer.start(contender, options, data);
        servers.add(server);
        warmUp(server, workloads);
      }
      for (Workload workload : workloads) {
        Map<Contender, Summary> all = takeTurns(servers, workload);
        all.forEach(
            (contender, summary) -> {
              checkDelay(contender, summary, commitDelayMillis);
              noteErrors(contender, workload, summary);
            });
        report.workload(workload, commitDelayMillis, all);
      }
      for (CounterServer server : servers) {
        progress.show("checking the counters of " + server.contender().label);
        Ledger.verify(server);
      }
    } finally {
      for (CounterServer server : servers) {
        server.process().discard();
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

  private void warmUp(CounterServer server, List<Workload> workloads)
      throws IOException, InterruptedException {
    for (Workload workload : workloads) {
      if (workload.connections() > 1) {
        Round.run(server, workload, Duration.ofSeconds(quick ? 3 : 10));
      }
    }
  }

  private Map<Contender, Summary> takeTurns(List<CounterServer> servers, Workload workload)
      throws IOException, InterruptedException {
    Map<Contender, Summary> summaries = new EnumMap<>(Contender.class);
    new Turns(rounds, noise)
        .take(
            progress,
            workload.toString(),
            servers,
            server -> Round.run(server, workload, Duration.ofSeconds(seconds)))
        .forEach((server, of) -> summaries.put(server.contender(), new Summary(List.copyOf(of))));
    return summaries;
  }
}
