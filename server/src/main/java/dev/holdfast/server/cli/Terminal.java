// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/** Where the person is who runs the command. */
@FunctionalInterface
interface Terminal {

  /**
   * Asks, and waits for a line. Nothing but an answer ends that, no interrupt either.
   *
   * @return the line; null if none comes any more
   */
  @Nullable String ask(String question);

  /** That of this process; null if nobody can be asked: its input or output is a file or a pipe. */
  @SuppressWarnings(
      "SystemConsoleNull") // it is null without a terminal, unless -Djdk.console is set
  static @Nullable Terminal ofProcess() {
    Console console = System.console();
    return console == null || !console.isTerminal()
        ? null
        : question -> console.readLine("%s", question);
  }
}
