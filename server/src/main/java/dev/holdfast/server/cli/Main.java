// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Where the process begins. */
public final class Main {
  private static final String LOG_CONFIGURATION = "logback.configurationFile";

  private Main() {}

  /** Runs the command and ends the process with its status. */
  public static void main(String[] args) {
    if (System.getProperty(LOG_CONFIGURATION) == null) {
      System.setProperty(LOG_CONFIGURATION, "dev/holdfast/server/cli/logback.xml");
    }
    StopSignal stop = StopSignal.ofProcess();
    int status =
        HoldfastCommand.execute(
            new Surroundings(
                System.getenv(),
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                stop),
            args);
    if (!stop.finished(status)) {
      System.exit(status);
    }
  }
}
