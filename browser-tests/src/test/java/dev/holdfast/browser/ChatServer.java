// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code holdfast run} or {@code dev} with a copy of the chat example, as a process of its own. The
 * copy has no pom.xml, so it is compiled without Maven, and tests may change its sources. The port
 * and the data stay the same from start to start.
 */
final class ChatServer implements AutoCloseable {
  private static final Path EXAMPLE = Path.of("..", "examples", "chat");

  private final Path app;
  private final String mode;
  private @Nullable Process process;
  private int port;

  /** Starts {@code holdfast run} in an empty folder, on any free port. */
  static ChatServer start(Path folder) throws IOException {
    return start(folder, "run");
  }

  /** Starts {@code run} or {@code dev} in an empty folder, on any free port. */
  static ChatServer start(Path folder, String mode) throws IOException {
    for (String part : List.of("holdfast.toml", "src/main", "public")) {
      copy(EXAMPLE.resolve(part), folder.resolve(part));
    }
    Path libraries = Files.createDirectories(folder.resolve("lib"));
    for (Class<?> type : List.of(JsonMapper.class, JsonParser.class, JsonTypeInfo.class)) {
      Path jar = origin(type);
      Files.copy(jar, libraries.resolve(jar.getFileName()));
    }
    ChatServer server = new ChatServer(folder, mode);
    server.start();
    return server;
  }

  private ChatServer(Path app, String mode) {
    this.app = app;
    this.mode = mode;
  }

  /** Starts it again, after {@link #kill}. Returns when it serves. */
  void start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.holdfast.server.cli.Main",
            mode,
            app.toString(),
            "--host=localhost",
            "--port=" + port));
    Process started =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(app.resolve("log").toFile()))
            .start();
    process = started;
    BufferedReader lines = started.inputReader();
    String line = lines.readLine();
    while (line != null && !line.contains(" serves ")) {
      line = lines.readLine();
    }
    assertThat(line).as("what holdfast says when it serves; its log: %s", log()).isNotNull();
    port = URI.create(line.replaceFirst(".* serves (\\S+),.*", "$1")).getPort();
  }

  /** Ends the process as {@code kill -9} does. */
  void kill() {
    Process running = process;
    if (running != null) {
      var _ = running.destroyForcibly().onExit().join();
      process = null;
    }
  }

  /** Deletes all that the rooms have stored, of {@code run}, while it is not running. */
  void deleteData() throws IOException {
    Path data = app.resolve("data");
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Saves a file of the app with a part of it replaced. */
  void edit(String file, String part, String replacement) throws IOException {
    Path path = app.resolve(file);
    String text = Files.readString(path);
    assertThat(text).as(file).containsOnlyOnce(part);
    Files.writeString(path, text.replace(part, replacement));
  }

  int port() {
    return port;
  }

  /** What the processes have written to standard error. */
  String log() throws IOException {
    return Files.readString(app.resolve("log"));
  }

  @Override
  public void close() {
    kill();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private static Path origin(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("cannot tell where " + type.getName() + " comes from", e);
    }
  }
}
