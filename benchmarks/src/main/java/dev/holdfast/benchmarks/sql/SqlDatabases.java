// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql;

import static java.util.stream.Collectors.joining;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.EntryOptions;
import dev.holdfast.benchmarks.contest.Failures;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.contest.Progress;
import dev.holdfast.benchmarks.contest.RoundOptions;
import dev.holdfast.benchmarks.contest.Surroundings;
import dev.holdfast.benchmarks.contest.Workerd;
import dev.holdfast.benchmarks.wrk.Wrk;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What objects do with their SQL databases; docs/benchmarks.md says how to read it. */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "SQL databases of objects: updates and reads of one row over HTTP, ours, the floor and workerd;",
      "what they take of a processor in one process; how fast large databases wake and are forked."
    })
public final class SqlDatabases implements Callable<Integer> {
  private static final int SMALL_MEBIBYTES = 1;
  private static final int SMALL_TIMES = 10;
  private static final int LARGE_MEBIBYTES = 100;
  private static final int LARGE_TIMES = 5;

  /** What is measured. */
  enum Part {
    /** Updates and reads over HTTP. */
    http,
    /** The same in one process. */
    process,
    /** Wakes and forks. */
    wakes
  }

  @Mixin private final RoundOptions rounds = new RoundOptions();
  @Mixin private final EntryOptions entry = new EntryOptions();

  @Option(
      names = "--parts",
      split = ",",
      defaultValue = "http,process,wakes",
      description = "what is measured (${DEFAULT-VALUE})")
  private List<Part> parts = List.of();

  @Option(
      names = "--open-databases",
      defaultValue = "0",
      description =
          "how many databases ours may have open at once (limits.sql-open-databases); 0 for its default")
  private int openDatabases;

  private final Progress progress = new Progress("sql");
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private SqlDatabases() {}

  public static void main(String[] args) {
    System.exit(Failures.shown(new CommandLine(new SqlDatabases())).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    boolean http = parts.contains(Part.http);
    String generator = http ? "wrk " + Wrk.require() : "no load generator";
    if (http && entry.has(Contender.WORKERD)) {
      Workerd.install();
    }
    out.println(Surroundings.describe(generator));
    out.println();
    out.println(rounds.describe());
    int exit = http ? http() : 0;
    if (parts.contains(Part.process)) {
      out.println();
      new OneProcess(progress, rounds, out).run(entry);
    }
    if (parts.contains(Part.wakes)) {
      out.println();
      Wakes wakes = new Wakes(progress, entry, out);
      wakes.run(SMALL_MEBIBYTES, SMALL_TIMES, false);
      wakes.run(LARGE_MEBIBYTES, LARGE_TIMES, true);
    }
    return exit;
  }

  private int http() throws IOException, InterruptedException {
    out.println();
    LaunchOptions options =
        openDatabases == 0
            ? LaunchOptions.PLAIN
            : new LaunchOptions(0, "-Dshops.openDatabases=" + openDatabases);
    boolean sound = new Traffic(progress, rounds, out).run(entry, options);
    out.println();
    out.printf(
        "After kill -9 the rows of each server added up to what its answers had promised: %s%n",
        entry.contenders().stream().map(contender -> contender.label).collect(joining(", ")));
    if (entry.has(Contender.WORKERD)) {
      out.println(Workerd.RESIDENT_MEMORY_NOTE);
    }
    if (!sound) {
      out.println("Not every request did what was asked: the figures that say void.");
    }
    return sound ? 0 : 1;
  }
}
