// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.durability;

import dev.holdfast.benchmarks.contest.DataFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs all attempts to catch the server confirming what is not on disk; exits with 1 if one does.
 */
@Command(
    name = "durability",
    mixinStandardHelpOptions = true,
    description = "Failing, slow and interrupted syncs, and kills, under load.")
public final class Durability implements Callable<Integer> {
  private static final int CONNECTIONS = 64;
  private static final int TRACED_INCREMENTS = 40;
  private static final int DELAYED_INCREMENTS = 15;
  private static final int DELAY_MICROS = 50_000;
  private static final long PATIENCE_SECONDS = 60;

  @Option(names = "--times", defaultValue = "20", description = "failed syncs, and kills")
  private int times;

  @Option(names = "--seed", description = "of the random moments; printed if not given")
  private @Nullable Long seed;

  /** The command line. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Durability()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    long chosen = seed == null ? new Random().nextLong() : seed;
    System.out.println("seed " + chosen);
    Random random = new Random(chosen);
    DataFolder data =
        DataFolder.create(Files.createDirectories(Path.of("benchmarks/target")), "durability-");
    Path folder = data.path();
    try {
      orderOfCalls(folder, List.of(), TRACED_INCREMENTS, "request, log, sync, answer");
      orderOfCalls(
          folder,
          List.of("-e", "inject=fdatasync:delay_exit=" + DELAY_MICROS),
          DELAYED_INCREMENTS,
          "the same with each sync delayed by 50 ms");
      failedSyncs(folder, random);
      kills(folder, random);
    } catch (DurabilityBroken e) {
      System.out.println("BROKEN: " + e.getMessage());
      return 1;
    } finally {
      data.delete();
    }
    System.out.println("durability: all kept");
    return 0;
  }

  private static void orderOfCalls(Path folder, List<String> injection, int increments, String what)
      throws Exception {
    Path data = Files.createTempDirectory(folder, "order-");
    Path trace = folder.resolve("trace.txt");
    List<String> tracer =
        Stream.of(
                List.of("strace", "--seccomp-bpf", "-o", trace.toString()),
                SyscallTrace.OPTIONS,
                injection)
            .flatMap(List::stream)
            .toList();
    try (CounterServer server = CounterServer.start(tracer, data, folder.resolve("output.txt"))) {
      for (int i = 0; i < increments; i++) {
        if (!server.increment("c0")) {
          throw new DurabilityBroken("an increment failed without a fault; " + server.output());
        }
      }
    }
    int answers = new SyscallTrace(trace).checkAnswers();
    if (answers != increments) {
      throw new DurabilityBroken(
          "the trace shows %d of %d answers behind a synced log".formatted(answers, increments));
    }
    System.out.printf("order of calls: %d of %d answers: %s%n", answers, increments, what);
  }

  private void failedSyncs(Path folder, Random random) throws Exception {
    for (int i = 1; i <= times; i++) {
      boolean data = random.nextInt(4) != 0;
      String call = data ? "fdatasync" : "fsync";
      int when = 1 + random.nextInt(data ? 200 : 12);
      Path directory = Files.createTempDirectory(folder, "eio-");
      System.out.printf(
          "failed sync %d of %d: %s%n", i, times, failedSync(folder, directory, call, when));
    }
  }

  private static String failedSync(Path folder, Path data, String call, int when) throws Exception {
    Path output = folder.resolve("output.txt");
    Confirmations confirmations = new Confirmations();
    String what = call + " number " + when + " of a thread fails with EIO: ";
    List<String> tracer =
        List.of(
            "strace",
            "-f",
            "-qq",
            "--seccomp-bpf",
            "-o",
            folder.resolve("strace.txt").toString(),
            "-e",
            "trace=" + call,
            "-e",
            "inject=" + call + ":error=EIO:when=" + when);
    String seen;
    try (CounterServer server = CounterServer.start(tracer, data, output)) {
      if (!server.alive()) {
        requireNamed(server, data);
        seen = "refused to start, naming the store";
      } else {
        seen = underLoad(server, data, confirmations);
      }
    }
    try (CounterServer restarted = CounterServer.start(List.of(), data, output)) {
      if (!restarted.alive()) {
        throw new DurabilityBroken(what + "it does not start again: " + restarted.output());
      }
      confirmations.check(restarted);
    }
    return what + seen + "; %d confirmed, none missing".formatted(confirmations.total());
  }

  private static String underLoad(CounterServer server, Path data, Confirmations confirmations)
      throws Exception {
    try (CounterLoad _ = new CounterLoad(server, confirmations, CONNECTIONS)) {
      boolean failed =
          CounterLoad.await(
              server,
              PATIENCE_SECONDS,
              () -> confirmations.failures() > 0 || confirmations.total() > 20_000);
      if (!failed) {
        throw new DurabilityBroken("the server ended, or hangs: " + server.output());
      }
      if (confirmations.failures() == 0) {
        return "no increment noticed";
      }
      long before = confirmations.total();
      if (!CounterLoad.await(
          server, PATIENCE_SECONDS, () -> confirmations.total() >= before + 500)) {
        throw new DurabilityBroken("it does not serve again: " + server.output());
      }
    }
    requireNamed(server, data);
    return "%d increments failed, the store was named, then it served on"
        .formatted(confirmations.failures());
  }

  private static void requireNamed(CounterServer server, Path data) {
    if (!server.output().contains(data.toString())) {
      throw new DurabilityBroken(
          "no error names the store " + data + "; it wrote: " + server.output());
    }
  }

  private void kills(Path folder, Random random) throws Exception {
    Path data = Files.createTempDirectory(folder, "kill-");
    Path output = folder.resolve("output.txt");
    Confirmations confirmations = new Confirmations();
    for (int i = 1; i <= times; i++) {
      try (CounterServer server = CounterServer.start(List.of(), data, output)) {
        confirmations.check(server);
        long goal = confirmations.total() + 200 + random.nextInt(4_000);
        try (CounterLoad _ = new CounterLoad(server, confirmations, CONNECTIONS)) {
          if (!CounterLoad.await(server, PATIENCE_SECONDS, () -> confirmations.total() >= goal)) {
            throw new DurabilityBroken("it does not serve: " + server.output());
          }
          server.kill();
        }
      }
    }
    try (CounterServer server = CounterServer.start(List.of(), data, output)) {
      confirmations.check(server);
    }
    System.out.printf(
        "kill -9: %d times under %d connections: %d confirmed, none missing%n",
        times, CONNECTIONS, confirmations.total());
  }
}
