// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.engine;

import dev.holdfast.engine.EngineOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Increments many objects once each and prints a row: activations by the engine's gauge, and the
 * heap after a full collection. Without idle eviction all of them must be in memory at the end;
 * with it none may fail in a heap that cannot hold them.
 */
@Command(name = "million-objects", mixinStandardHelpOptions = true)
public final class MillionObjects implements Callable<Integer> {
  @Option(names = "--objects", defaultValue = "1000000", description = "(${DEFAULT-VALUE})")
  private int objects;

  @Option(names = "--no-eviction", description = "keep every activation in memory")
  private boolean noEviction;

  private MillionObjects() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new MillionObjects()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    EngineOptions options = EngineOptions.defaults();
    if (noEviction) {
      options = options.withMemory(options.memory().withoutEviction());
    }
    try (CounterNode node = CounterNode.start(options)) {
      long before = heapAfterCollection();
      long start = System.nanoTime();
      long failed = node.incrementEach(objects);
      double seconds = (System.nanoTime() - start) / 1e9;
      long activations = node.engine().activations();
      long heap = heapAfterCollection();
      System.out.printf(
          "| %,d MiB | %s | %,d | %,d | %,.0f | %,d | %,d | %s |%n",
          Runtime.getRuntime().maxMemory() >> 20,
          noEviction ? "off" : "on",
          objects,
          failed,
          objects / seconds,
          activations,
          heap >> 20,
          activations == 0 ? "" : "%,d".formatted((heap - before) / activations));
      boolean passed = failed == 0 && (!noEviction || activations == objects);
      return passed ? 0 : 1;
    }
  }

  private static long heapAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
