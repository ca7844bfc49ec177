// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
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
      converter = DurableCounter.ByLabel.class,
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
      contender.prepare();
      requireCache(contender);
      millis.put(contender, new double[rounds]);
      // Not counted: compiles the app, and the disk's cache has the files.
      RunningServer.start(contender, LaunchOptions.WITH_CACHE, data).discard();
    }
    for (int i = 0; i < rounds; i++) {
      for (Map.Entry<Contender, double[]> entry : millis.entrySet()) {
        long start = System.nanoTime();
        RunningServer server = RunningServer.start(entry.getKey(), LaunchOptions.WITH_CACHE, data);
        entry.getValue()[i] = (System.nanoTime() - start) / 1e6;
        server.discard();
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

  /** The option that refuses to start without a cache does so only where one is named. */
  private static void requireCache(Contender contender) throws IOException {
    if (contender == Contender.OURS && !Files.exists(CACHE_OF_OURS)) {
      throw new IOException(
          "there is no "
              + CACHE_OF_OURS
              + ", so ours would start without its cache of classes; remove"
              + " server/target/holdfast.stamp and see what scripts/build-server says");
    }
  }
}
