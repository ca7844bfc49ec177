// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** What the figures of a run depend on beside the programs: machine, system, versions. */
public final class Surroundings {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  private Surroundings() {}

  public static String describe(String generator) throws IOException, InterruptedException {
    return String.format(
        Locale.ROOT,
        "%d × %s, %s %s; Java %s; Vert.x %s, Netty %s, RocksDB %s; workerd %s; %s",
        Runtime.getRuntime().availableProcessors(),
        processor(),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        Runtime.version(),
        library("vertx-core-"),
        library("netty-transport-4"),
        library("rocksdbjni-"),
        Workerd.version(),
        generator);
  }

  private static String processor() throws IOException {
    if (!Files.isReadable(PROCESSORS)) {
      return System.getProperty("os.arch");
    }
    try (Stream<String> lines = Files.lines(PROCESSORS)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    }
  }

  /** The version of a library beside the benchmarks, out of its file name. */
  private static String library(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("benchmarks/target/lib"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .map(name -> name.replaceAll("^[a-z-]+-|\\.jar$", ""))
          .findFirst()
          .orElse("?");
    }
  }
}
