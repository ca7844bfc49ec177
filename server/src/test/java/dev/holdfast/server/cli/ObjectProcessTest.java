// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.app.Folders;
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

/** {@code holdfast object} as a process beside that of a node, and after its end. */
class ObjectProcessTest {
  @TempDir private Path folder;

  private String object(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("object"));
    command.addAll(List.of(args));
    command.add("--app=" + folder);
    Process process = CommandProcess.start(folder, command);
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(CommandProcess.log(folder)).isZero();
    return out;
  }

  private static String get(int port) throws IOException, InterruptedException {
    URI uri = URI.create("http://localhost:" + port + "/a");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  @Test
  void a_node_does_it_while_it_runs_and_the_command_once_it_was_killed() throws Exception {
    Folders.tally(folder);
    Process node = CommandProcess.start(folder);
    int port = CommandProcess.port(node, folder);
    assertThat(get(port)).isEqualTo("1");
    String undo =
        object("restore", "Tally", "a", "--to=10m")
            .lines()
            .toList()
            .getLast()
            .replaceFirst(".*--to ", "");
    assertThat(get(port)).as("it had not existed").isEqualTo("1");
    assertThat(get(port)).isEqualTo("2");
    assertThat(object("show", "Tally", "a")).contains("\"sum\"  2");
    node.destroyForcibly();
    node.waitFor();

    assertThat(object("show", "Tally", "a")).contains("\"sum\"  2");
    object("restore", "Tally", "a", "--to", undo);
    assertThat(object("show", "Tally", "a", "--key=sum")).contains("\"sum\"  1");
    Path target = folder.resolve("exported");
    object("export", "Tally", "a", "--to", target.toString());
    assertThat(Files.readString(target.resolve("entries.jsonl")))
        .contains("\"key\":\"sum\",\"value\":1,");
    Process next = CommandProcess.start(folder);
    port = CommandProcess.port(next, folder);
    assertThat(get(port)).isEqualTo("2");
    assertThat(object("delete", "Tally", "a", "--yes")).contains("Tally/a", "is deleted");
    assertThat(get(port)).as("it begins anew").isEqualTo("1");
    next.destroy();
    next.waitFor();
    object("delete", "Tally", "a", "--yes");
    assertThat(object("list", "Tally")).doesNotContain("\"a\"");
  }
}
