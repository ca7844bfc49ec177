// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.io.IOException;
import picocli.CommandLine;

/** How a benchmark that cannot go on says so: in a line, where the line says it all. */
public final class Failures {
  private Failures() {}

  public static CommandLine shown(CommandLine command) {
    return command.setExecutionExceptionHandler(
        (failure, line, _) -> {
          if (!(failure instanceof IOException || failure instanceof IllegalStateException)) {
            throw failure;
          }
          line.getErr().println(line.getCommandName() + ": " + failure.getMessage());
          return 1;
        });
  }
}
