// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.floor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves durable counters over HTTP, by hand with the bare libraries. */
@Command(name = "floor", mixinStandardHelpOptions = true)
public final class Floor implements Callable<Integer> {
  @Option(names = "--port", required = true, description = "on the loopback")
  private int port;

  @Option(names = "--data", required = true, description = "directory of the database")
  private Path data = Path.of("");

  @Option(
      names = "--commit-delay-ms",
      defaultValue = "0",
      description = "milliseconds to wait before each sync, as a slow disk would")
  private long commitDelayMillis;

  @Option(
      names = "--event-loops",
      defaultValue = "2",
      description = "threads that parse and write (${DEFAULT-VALUE})")
  private int eventLoops;

  private Floor() {}

  public static void main(String[] args) {
    int exit = new CommandLine(new Floor()).execute(args);
    if (exit != 0) {
      System.exit(exit);
    }
  }

  /** Returns once it serves; the event loops keep the process alive. */
  @Override
  public Integer call() throws Exception {
    Files.createDirectories(data);
    Counters counters = new Counters(data, commitDelayMillis);
    FloorHttp.serve(port, eventLoops, new CounterHttp(counters));
    return 0;
  }
}
