// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

import dev.holdfast.gateway.GatewayOptions;
import dev.holdfast.gateway.admin.AdminOptions;
import dev.holdfast.server.Names;
import dev.holdfast.server.NodeOptions;
import dev.holdfast.store.Retention;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/**
 * What an app is and how its node runs: {@code holdfast.toml} with the environment and the flags
 * over it. Immutable.
 *
 * @param name the app's name
 * @param worker the binary name of the worker's class
 * @param objects the namespaces and the classes behind them
 * @param node the options of the node
 */
public record AppConfig(
    String name, Setting<String> worker, List<ObjectConfig> objects, NodeOptions node) {
  /** The file that makes a folder an app. */
  public static final String FILE = "holdfast.toml";

  private static final int MAX_PORT = 65_535;
  private static final long MAX_KEPT_SECONDS = Duration.ofDays(3_650).toSeconds();

  public AppConfig {
    objects = List.copyOf(objects);
  }

  /**
   * Reads the configuration of the app in {@code folder}.
   *
   * @throws ConfigException listing everything that is wrong
   */
  public static AppConfig read(Path folder, Overrides overrides, Mode mode) {
    Path file = folder.resolve(FILE).normalize();
    Problems problems = new Problems();
    TableReader root = parse(file, problems);
    problems.throwIfAny();

    Optional<Setting<String>> name = root.requiredString("name", "name = \"my-app\"");
    name.ifPresent(n -> checkName("name", n, problems));
    Optional<Setting<String>> worker =
        root.requiredString("worker", "worker = \"my.app.MyWorker\"");
    List<ObjectConfig> objects = objects(root, problems);
    NodeOptions node = node(root, folder, mode, overrides, problems);
    root.finish();
    problems.throwIfAny();
    return new AppConfig(name.orElseThrow().value(), worker.orElseThrow(), objects, node);
  }

  private static TableReader parse(Path file, Problems problems) {
    String text = text(file, problems);
    TomlParseResult toml;
    try {
      toml = Toml.parse(text);
    } catch (StackOverflowError e) {
      // The parser calls itself for each bracket within brackets, and leaves nothing half done.
      problems.add(
          new Place(file.toString(), lineOfMostBrackets(text)),
          "brackets are nested too deeply to be read; no key takes more than one level");
      toml = Toml.parse("");
    }
    toml.errors()
        .forEach(
            error ->
                problems.add(
                    new Place(file.toString(), error.position().line()),
                    "not TOML: " + error.getMessage()));
    return new TableReader(toml, "", new Place(file.toString(), 1), problems);
  }

  private static int lineOfMostBrackets(String text) {
    int line = 0;
    int found = 1;
    long most = -1;
    for (String content : text.lines().toList()) {
      line++;
      long brackets = content.chars().filter(c -> c == '[' || c == '{').count();
      if (brackets > most) {
        most = brackets;
        found = line;
      }
    }
    return found;
  }

  private static String text(Path file, Problems problems) {
    Place place = Place.of(file.toString());
    ByteBuffer bytes = ByteBuffer.allocate(0);
    try {
      bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (NoSuchFileException e) {
      problems.add(
          place,
          "not found; an app is a folder with a %s and a pom.xml or src/, name one"
              .formatted(FILE));
    } catch (CharacterCodingException e) {
      problems.add(
          new Place(file.toString(), lineOf(bytes)), "not UTF-8; save it in that encoding");
    } catch (IOException e) {
      problems.add(place, "cannot be read: %s; make it a file that can be".formatted(reason(e)));
    }
    return "";
  }

  /** The line, from 1, of the position of {@code bytes}. */
  private static int lineOf(ByteBuffer bytes) {
    int line = 1;
    for (int i = 0; i < bytes.position(); i++) {
      if (bytes.get(i) == '\n') {
        line++;
      }
    }
    return line;
  }

  /** What went wrong with a file, without its name, which is said anyway. */
  private static String reason(IOException failure) {
    return switch (failure) {
      case AccessDeniedException _ -> "access is denied";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      default -> String.valueOf(failure.getMessage());
    };
  }

  private static void checkName(String key, Setting<String> name, Problems problems) {
    if (!Names.isName(name.value())) {
      problems.add(name.place(), key + " " + Names.explain(name.value()));
    }
  }

  private static List<ObjectConfig> objects(TableReader root, Problems problems) {
    List<ObjectConfig> objects = new ArrayList<>();
    Map<String, Setting<String>> first = new HashMap<>();
    for (TableReader table : root.tables("object")) {
      Optional<Setting<String>> namespace =
          table.requiredString("namespace", "namespace = \"MyObject\"");
      Optional<Setting<String>> className =
          table.requiredString("class", "class = \"my.app.MyObject\"");
      Optional<Setting<String>> interfaceName =
          table.string("interface", "interface = \"my.app.MyInterface\"");
      Optional<Setting<String>> renamedFrom =
          table.string("renamed-from", "renamed-from = \"MyOldName\"");
      table.finish();
      namespace.ifPresent(
          n -> {
            checkName("namespace", n, problems);
            Setting<String> earlier = first.putIfAbsent(n.value(), n);
            if (earlier != null) {
              problems.add(
                  n.place(),
                  "namespace \"%s\" is used twice, first in line %d; give each [[object]] its own"
                      .formatted(n.value(), earlier.place().line()));
            }
          });
      renamedFrom.ifPresent(before -> checkName("renamed-from", before, problems));
      if (namespace.isPresent() && className.isPresent()) {
        objects.add(new ObjectConfig(namespace.get(), className.get(), interfaceName, renamedFrom));
      }
    }
    return objects;
  }

  private static NodeOptions node(
      TableReader root, Path folder, Mode mode, Overrides overrides, Problems problems) {
    NodeOptions defaults = NodeOptions.over(folder.resolve(mode.data()).normalize());
    GatewayOptions gateway = defaults.gateway();
    NodeOptions options =
        defaults.withGateway(
            gateway.withHost(mode.host()).withTimeouts(gateway.timeouts().withDrain(mode.drain())));
    TlsSettings tls = new TlsSettings(folder, problems);
    Optional<TableReader> server = root.table("server");
    if (server.isPresent()) {
      options = options.withGateway(server(server.get(), options.gateway(), tls));
    }
    tls.read(overrides);
    options = options.withGateway(options.gateway().withTls(tls.files()));
    Optional<TableReader> admin = root.table("admin");
    if (admin.isPresent()) {
      options = options.withAdmin(admin(admin.get()));
    }
    Optional<TableReader> data = root.table("data");
    if (data.isPresent()) {
      Optional<Path> directory =
          data.get()
              .string("directory", "directory = \"data\"")
              .flatMap(text -> path(text, problems));
      data.get().finish();
      options =
          options.withData(
              directory.map(path -> folder.resolve(path).normalize()).orElse(options.data()));
    }
    Optional<TableReader> history = root.table("history");
    if (history.isPresent()) {
      RocksStoreOptions store = options.store();
      options = options.withStore(store.withRetention(retention(history.get(), store.retention())));
    }
    Optional<TableReader> limits = root.table("limits");
    if (limits.isPresent()) {
      options = Limits.read(limits.get(), options);
    }
    return overridden(options, overrides, problems);
  }

  private static GatewayOptions server(TableReader table, GatewayOptions options, TlsSettings tls) {
    String host =
        table.string("host", "host = \"localhost\"").map(Setting::value).orElse(options.host());
    int port = (int) table.integer("port", 0, MAX_PORT, options.port());
    tls.read(table);
    table.finish();
    return options.withHost(host).withPort(port);
  }

  private static AdminOptions admin(TableReader table) {
    String host =
        table
            .string("host", "host = \"localhost\"")
            .map(Setting::value)
            .orElse(AdminOptions.DEFAULT_HOST);
    int port = (int) table.requiredInteger("port", 0, MAX_PORT, "port = 9090");
    table.finish();
    return new AdminOptions(host, port);
  }

  private static Retention retention(TableReader table, Retention defaults) {
    Retention retention =
        new Retention(
            seconds(table, "every-second-s", defaults.seconds()),
            seconds(table, "every-minute-s", defaults.minutes()),
            seconds(table, "every-hour-s", defaults.hours()));
    table.finish();
    return retention;
  }

  private static Duration seconds(TableReader table, String key, Duration otherwise) {
    return Duration.ofSeconds(table.integer(key, 0, MAX_KEPT_SECONDS, otherwise.toSeconds()));
  }

  private static NodeOptions overridden(
      NodeOptions options, Overrides overrides, Problems problems) {
    GatewayOptions gateway = options.gateway();
    Optional<String> host = overrides.find("host").map(Setting::value);
    Optional<Integer> port = overrides.find("port").flatMap(text -> port(text, problems));
    Optional<Path> data = overrides.data(problems);
    return options
        .withGateway(
            gateway.withHost(host.orElse(gateway.host())).withPort(port.orElse(gateway.port())))
        .withData(data.orElse(options.data()));
  }

  private static Optional<Integer> port(Setting<String> text, Problems problems) {
    try {
      int port = Integer.parseInt(text.value());
      if (port >= 0 && port <= MAX_PORT) {
        return Optional.of(port);
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number out of range.
    }
    problems.add(
        text.place(),
        "expected a port from 0 to %d, found \"%s\"; 0 takes any free one"
            .formatted(MAX_PORT, text.value()));
    return Optional.empty();
  }

  /** The path that a text is; absent if it is none, which is a mistake. */
  static Optional<Path> path(Setting<String> text, Problems problems) {
    try {
      if (!text.value().isBlank()) {
        return Optional.of(Path.of(text.value()));
      }
    } catch (InvalidPathException e) {
      // Reported below, like an empty one.
    }
    problems.add(
        text.place(),
        "expected the path of a directory, found \"%s\"; name one".formatted(text.value()));
    return Optional.empty();
  }
}
