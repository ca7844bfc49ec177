// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code holdfast} as a process of its own, whose standard error goes to a file of the app. */
final class CommandProcess {
  private CommandProcess() {}

  /** Starts a process that serves an app on any free port. */
  static Process start(Path app) throws IOException {
    return start("run", app);
  }

  /** Starts one with {@code run} or {@code dev}. */
  static Process start(String mode, Path app) throws IOException {
    return start(app, List.of(mode, app.toString(), "--host=localhost", "--port=0"));
  }

  /** Starts one with any arguments. */
  static Process start(Path app, List<String> args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(args);
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(app.resolve("log").toFile()))
        .start();
  }

  /** Waits until the process serves. */
  static int port(Process process, Path app) throws IOException {
    BufferedReader lines = process.inputReader();
    String line = lines.readLine();
    while (line != null && !line.contains(" serves ")) {
      line = lines.readLine();
    }
    assertThat(line).as(log(app)).isNotNull();
    return URI.create(line.replaceFirst(".* serves (\\S+),.*", "$1")).getPort();
  }

  /** What the processes of an app have written to standard error. */
  static String log(Path app) throws IOException {
    return Files.readString(app.resolve("log"));
  }
}
