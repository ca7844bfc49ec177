// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import static dev.holdfast.benchmarks.contest.Table.Column.number;
import static dev.holdfast.benchmarks.contest.Table.Column.text;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.EntryOptions;
import dev.holdfast.benchmarks.contest.Failures;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.contest.Progress;
import dev.holdfast.benchmarks.contest.Rounds;
import dev.holdfast.benchmarks.contest.Table;
import dev.holdfast.benchmarks.contest.Turns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Starts each server a number of times, taking turns, with no data, and prints how long it took
 * from starting the process to the first answered request. Ours and the floor have to use their
 * caches of classes: a start that cannot is an error.
 */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description = "From the start of the process to the first answered request.")
public final class Start implements Callable<Integer> {
  private static final Path CACHE_OF_OURS = Path.of("server/target/holdfast.aot");

  @Option(
      names = "--rounds",
      defaultValue = "11",
      description = "starts of each server, taking turns; medians count (${DEFAULT-VALUE})")
  private int rounds;

  @Mixin private final EntryOptions entry = new EntryOptions();

  private Start() {}

  public static void main(String[] args) {
    System.exit(Failures.shown(new CommandLine(new Start())).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path data = entry.data();
    for (Contender contender : entry.contenders()) {
      CounterServer.prepare(contender);
      rehearse(contender, data);
    }
    Map<Contender, Rounds<StartTime>> times =
        new Turns(rounds, 1) // however noisy
            .take(
                new Progress("start"),
                "starts",
                entry.contenders(),
                contender -> StartTime.measure(contender, data));
    System.out.printf(
        "%d starts of each, taking turns; ours and the floor each from its cache of classes%n%n",
        rounds);
    Table table =
        Table.open(
            System.out, text("server"), number("median ms"), number("least ms"), number("most ms"));
    times.forEach(
        (contender, of) ->
            table.row(
                contender.label,
                whole(of.median(StartTime::millis)),
                whole(of.least(StartTime::millis)),
                whole(of.most(StartTime::millis))));
    return 0;
  }

  private static String whole(double millis) {
    return String.format(Locale.ROOT, "%.0f", millis);
  }

  /**
   * One start that does not count, since it compiles the app and brings files into memory. The
   * virtual machine goes on in silence without a cache that does not fit, so this looks where it
   * took the classes from.
   */
  private static void rehearse(Contender contender, Path data)
      throws IOException, InterruptedException {
    if (contender == Contender.WORKERD) {
      CounterServer.start(contender, LaunchOptions.PLAIN, data).discard();
      return;
    }
    // Relative, as the servers run in the same folder: a space in its name would divide the option.
    Path log = Path.of("benchmarks/target/classes.log");
    CounterServer.start(contender, new LaunchOptions(0, "-Xlog:class+load:file=" + log), data)
        .discard();
    try (Stream<String> lines = Files.lines(log)) {
      if (lines.noneMatch(Start::isCachedClass)) {
        throw new IOException(
            "%s started without its cache of classes, %s: the file is missing or does not fit; %s"
                .formatted(
                    contender.label,
                    contender == Contender.OURS ? CACHE_OF_OURS : FloorCache.FILE,
                    "remove it with the rest of that target folder to have it made anew"));
      }
    } finally {
      Files.deleteIfExists(log);
    }
  }

  private static boolean isCachedClass(String line) {
    return line.contains(" dev.holdfast.") && line.contains("source: shared objects file");
  }
}
