// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.ExitCode;

/** Where the process begins. */
public final class Main {
  private Main() {}

  /** Runs the command and ends the process with its status. */
  public static void main(String[] args) {
    LogConfiguration.use();
    StopSignal stop = StopSignal.ofProcess();
    int status = ExitCode.SOFTWARE;
    boolean ending;
    try {
      status =
          HoldfastCommand.execute(
              new Surroundings(
                  System.getenv(),
                  new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                  new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                  stop,
                  Terminal::ofProcess),
              args);
    } finally {
      // Also after an Error: the end of the process waits for it.
      ending = stop.finished(status);
    }
    if (!ending) {
      System.exit(status);
    }
  }
}
