// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.app.Folders;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own, ended by signals. */
class ProcessTest {
  @TempDir private Path folder;

  @Test
  void sigterm_stops_in_order_and_sigkill_loses_nothing_confirmed() throws Exception {
    Folders.tally(folder);
    Process first = start();
    assertThat(increment(first)).isEqualTo("1");
    first.destroy();
    assertThat(first.waitFor()).as(log()).isEqualTo(143);

    Process second = start();
    assertThat(increment(second)).isEqualTo("2");
    second.destroyForcibly();
    second.waitFor();

    Process third = start();
    assertThat(increment(third)).isEqualTo("3");
    third.destroy();
    assertThat(third.waitFor()).as(log()).isEqualTo(143);
    assertThat(log()).doesNotContain("Exception");
  }

  private Process start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "run",
            folder.toString(),
            "--host=localhost",
            "--port=0"));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  /** Waits until the process serves, and calls it once. */
  private String increment(Process process) throws Exception {
    BufferedReader lines = process.inputReader();
    String line = lines.readLine();
    while (line != null && !line.contains(" serves ")) {
      line = lines.readLine();
    }
    assertThat(line).as(log()).isNotNull();
    URI uri = URI.create(line.replaceFirst(".* serves (\\S+),.*", "$1/a"));
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }
}
