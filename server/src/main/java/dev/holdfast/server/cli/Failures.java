// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.HoldfastException;
import dev.holdfast.server.app.BuildException;
import dev.holdfast.server.config.ConfigException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.BindException;
import picocli.CommandLine.ExitCode;

/** Tells a person why a command failed, and the shell by the exit status. */
final class Failures {
  private final PrintWriter err;

  Failures(PrintWriter err) {
    this.err = err;
  }

  /** Reports a failure and returns the exit status. */
  int report(Exception failure) {
    switch (failure) {
      case ConfigException e -> {
        e.problems().forEach(err::println);
        return ExitCode.USAGE;
      }
      case BuildException e -> err.println("holdfast: " + e.getMessage());
      case HoldfastException e -> err.println("holdfast: " + e.getMessage());
      case UncheckedIOException e ->
          err.println("holdfast: " + e.getMessage() + ": " + e.getCause());
      case BindException e -> err.println("holdfast: " + e.getMessage());
      default -> {
        err.println(
            "holdfast: this is a defect of Holdfast, please report it with the lines below");
        failure.printStackTrace(err);
      }
    }
    err.flush();
    return ExitCode.SOFTWARE;
  }
}
