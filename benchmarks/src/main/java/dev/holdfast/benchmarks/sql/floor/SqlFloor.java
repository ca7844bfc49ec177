// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql.floor;

import dev.holdfast.benchmarks.floor.FloorHttp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves shops over HTTP, by hand with bare SQLite. */
@Command(name = "sql-floor", mixinStandardHelpOptions = true)
public final class SqlFloor implements Callable<Integer> {
  private static final int EVENT_LOOPS = 2;

  @Option(names = "--port", required = true, description = "on the loopback")
  private int port;

  @Option(names = "--data", required = true, description = "directory of the databases")
  private Path data = Path.of("");

  @Option(names = "--items", defaultValue = "1000", description = "of each shop (${DEFAULT-VALUE})")
  private int items;

  private SqlFloor() {}

  public static void main(String[] args) {
    int exit = new CommandLine(new SqlFloor()).execute(args);
    if (exit != 0) {
      System.exit(exit);
    }
  }

  /** Returns once it serves; the event loops keep the process alive. */
  @Override
  public Integer call() throws Exception {
    Files.createDirectories(data);
    FloorHttp.serve(port, EVENT_LOOPS, new ShopHttp(data, items));
    return 0;
  }
}
