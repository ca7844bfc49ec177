// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.HoldfastException;
import dev.holdfast.server.app.AppException;
import dev.holdfast.server.config.ConfigException;
import dev.holdfast.server.control.ControlException;
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
  int report(Throwable failure) {
    switch (failure) {
      case ConfigException e -> {
        e.problems().forEach(err::println);
        return ExitCode.USAGE;
      }
      // The engine refused an object class.
      case IllegalArgumentException e -> {
        err.println("holdfast: " + e.getMessage());
        return ExitCode.USAGE;
      }
      case AppException e -> err.println("holdfast: " + e.getMessage());
      case ControlException e -> err.println("holdfast: " + e.getMessage());
      case HoldfastException e -> err.println("holdfast: " + e.getMessage());
      case UncheckedIOException e -> err.println("holdfast: " + describe(e));
      default -> {
        err.println("holdfast: this is a defect, please report it with the lines below");
        failure.printStackTrace(err);
      }
    }
    err.flush();
    return ExitCode.SOFTWARE;
  }

  private static String describe(UncheckedIOException e) {
    // A port that cannot be opened says all by itself, other errors only what and where.
    return e.getCause() instanceof BindException bind
        ? String.valueOf(bind.getMessage())
        : e.getMessage() + ": " + e.getCause();
  }
}
