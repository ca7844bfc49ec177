// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.app.App;
import dev.holdfast.server.app.AppBuild;
import dev.holdfast.server.app.AppClassLoader;
import dev.holdfast.server.app.AppFolder;
import dev.holdfast.server.app.Folders;
import dev.holdfast.server.config.AppConfig;
import dev.holdfast.server.config.Mode;
import dev.holdfast.server.config.Overrides;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README.md shows is true. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");

  /** As {@code limits.list-bytes}; code such as {@code limits.bodyBytes()} does not match. */
  private static final Pattern KEY_OF_A_LIMIT =
      Pattern.compile("\\blimits\\.([a-z]+(?:-[a-z]+)*)(?![A-Za-z(-])");

  @TempDir private Path folder;

  @Test
  void the_counter_of_the_readme_compiles_and_counts() throws Exception {
    List<String> java = snippets("java");
    Folders.write(folder, "holdfast.toml", snippets("toml").getFirst());
    Folders.write(
        folder,
        "src/counter/All.java",
        "package counter;\nimport dev.holdfast.*;\nimport java.nio.file.Path;\n"
            + java.getFirst().replaceAll("(?m)^public ", "")
            + "class Embedded { static void run() {\n"
            + java.get(1)
            + "}}\n");
    AppConfig config = read();
    StringBuilder answers = new StringBuilder();
    StringWriter said = new StringWriter();
    try (AppClassLoader loader =
        new AppClassLoader(
            config.name(), AppBuild.of(new AppFolder(folder)).run(new PrintWriter(said)))) {
      App app = App.load(config, loader);
      try (Node node = Node.start(config.node(), app.objects(), app.worker());
          HttpClient client = HttpClient.newHttpClient()) {
        URI uri = URI.create("http://localhost:" + node.port() + "/counters/visits");
        for (String method : List.of("POST", "POST", "GET")) {
          HttpRequest request =
              HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build();
          answers.append(client.send(request, BodyHandlers.ofString()).body()).append(' ');
        }
      }
    }
    assertThat(answers.toString()).isEqualTo("1 2 2 ");
  }

  @Test
  void the_limits_of_the_readme_exist_and_are_the_defaults() throws IOException {
    String head = "name = \"a\"\nworker = \"a.A\"\n";
    Folders.write(folder, "holdfast.toml", head);
    NodeOptions defaults = read().node();
    Folders.write(folder, "holdfast.toml", head + snippets("toml").get(1));

    NodeOptions shown = read().node();

    assertThat(shown.data()).isEqualTo(Path.of("/var/lib/counter"));
    assertThat(shown.gateway()).isEqualTo(defaults.gateway().withHost("0.0.0.0"));
    assertThat(shown.engine().events()).isEqualTo(defaults.engine().events());
    assertThat(shown.engine().memory().idleAfter())
        .isEqualTo(defaults.engine().memory().idleAfter());
    assertThat(shown.engine().sql().scratchLimits())
        .isEqualTo(defaults.engine().sql().scratchLimits());
    assertThat(shown.sockets()).isEqualTo(defaults.sockets());
    assertThat(shown.store().reserveBytes()).isEqualTo(defaults.store().reserveBytes());
    assertThat(shown.store().queueBytes()).isEqualTo(defaults.store().queueBytes());
  }

  @Test
  void the_limits_that_errors_and_documentation_name_are_in_the_readme() throws IOException {
    Set<String> shown = found(Pattern.compile("(?m)^([a-z-]+) = "), snippets("toml").get(1));
    Set<String> named = new TreeSet<>();
    for (String module : List.of("api", "engine", "gateway", "server", "store-rocksdb")) {
      try (Stream<Path> sources = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        for (Path source : sources.filter(Files::isRegularFile).toList()) {
          named.addAll(found(KEY_OF_A_LIMIT, Files.readString(source)));
        }
      }
    }
    assertThat(named).contains("waiting-events");
    assertThat(shown).containsAll(named);
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private AppConfig read() {
    return AppConfig.read(folder, new Overrides(Map.of("--port", "0"), Map.of()), Mode.RUN);
  }

  private static List<String> snippets(String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(README))
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }
}
