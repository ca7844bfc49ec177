// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.Failures;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.contest.Median;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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

  @Option(
      names = "--only",
      split = ",",
      defaultValue = "ours,floor,workerd",
      converter = Contender.ByLabel.class,
      description = "servers that take part (${DEFAULT-VALUE})")
  private List<Contender> only = List.of();

  private Start() {}

  public static void main(String[] args) {
    System.exit(Failures.shown(new CommandLine(new Start())).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path data = Files.createDirectories(Path.of("benchmarks/target/data"));
    Map<Contender, double[]> millis = new EnumMap<>(Contender.class);
    for (Contender contender : only) {
      CounterServer.prepare(contender);
      rehearse(contender, data);
      millis.put(contender, new double[rounds]);
    }
    for (int i = 0; i < rounds; i++) {
      for (Map.Entry<Contender, double[]> entry : millis.entrySet()) {
        long start = System.nanoTime();
        CounterServer server = CounterServer.start(entry.getKey(), LaunchOptions.PLAIN, data);
        entry.getValue()[i] = (System.nanoTime() - start) / 1e6;
        server.process().discard();
      }
    }
    System.out.printf(
        "%d starts of each, taking turns; ours and the floor each from its cache of classes%n%n",
        rounds);
    System.out.println("| server | median ms | least ms | most ms |");
    System.out.println("| --- | --: | --: | --: |");
    millis.forEach(
        (contender, sorted) -> {
          Arrays.sort(sorted);
          System.out.printf(
              Locale.ROOT,
              "| %s | %.0f | %.0f | %.0f |%n",
              contender.label,
              Median.ofSorted(sorted),
              sorted[0],
              sorted[sorted.length - 1]);
        });
    return 0;
  }

  /**
   * One start that does not count, since it compiles the app and brings files into memory. The
   * virtual machine goes on in silence without a cache that does not fit, so this looks where it
   * took the classes from.
   */
  private static void rehearse(Contender contender, Path data)
      throws IOException, InterruptedException {
    if (contender == Contender.WORKERD) {
      CounterServer.start(contender, LaunchOptions.PLAIN, data).process().discard();
      return;
    }
    // Relative, as the servers run in the same folder: a space in its name would divide the option.
    Path log = data.resolve("classes.log");
    CounterServer.start(contender, new LaunchOptions(0, "-Xlog:class+load:file=" + log), data)
        .process()
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
