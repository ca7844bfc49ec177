// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Starts each server a number of times, taking turns, with no data, and prints how long it took
 * from starting the process to the first answered request.
 */
public final class Start {
  private static final int TIMES = 11;

  private Start() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path data = Files.createDirectories(Path.of("benchmarks/target/data"));
    Map<Contender, double[]> millis = new EnumMap<>(Contender.class);
    for (Contender contender : Contender.values()) {
      millis.put(contender, new double[TIMES]);
      contender.prepare();
      RunningServer.start(contender, 0, data).discard(); // builds what is out of date
    }
    for (int i = 0; i < TIMES; i++) {
      for (Map.Entry<Contender, double[]> entry : millis.entrySet()) {
        long start = System.nanoTime();
        RunningServer server = RunningServer.start(entry.getKey(), 0, data);
        entry.getValue()[i] = (System.nanoTime() - start) / 1e6;
        server.discard();
      }
    }
    System.out.println("| server | median ms | least ms | most ms |");
    System.out.println("| --- | --: | --: | --: |");
    millis.forEach(
        (contender, sorted) -> {
          Arrays.sort(sorted);
          System.out.printf(
              Locale.ROOT,
              "| %s | %.0f | %.0f | %.0f |%n",
              contender.label,
              sorted[TIMES / 2],
              sorted[0],
              sorted[TIMES - 1]);
        });
  }
}
