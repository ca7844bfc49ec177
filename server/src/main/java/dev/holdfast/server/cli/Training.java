// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.DurableObject;
import dev.holdfast.Env;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.server.Node;
import dev.holdfast.server.app.App;
import dev.holdfast.server.app.AppClassLoader;
import dev.holdfast.server.config.AppConfig;
import dev.holdfast.server.config.Mode;
import dev.holdfast.server.config.Overrides;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Does once what every start does, for the JVM to note: with {@code -XX:AOTCacheOutput} the classes
 * that it loads, links and runs most become a cache from which later starts take them. Not part of
 * the command.
 */
final class Training {
  private static final int REQUESTS = 200;

  /** What a worker of an app would call. */
  interface Tally {
    long add(long by);
  }

  static final class TallyObject extends DurableObject implements Tally {
    private long sum;

    TallyObject(ObjectContext ctx) {
      super(ctx);
      sum = storage().get("sum", Long.class).orElse(0L);
    }

    @Override
    public long add(long by) {
      sum += by;
      storage().put("sum", sum);
      return sum;
    }
  }

  static final class TallyWorker implements Worker {
    private final ObjectNamespace<Tally> tallies;

    TallyWorker(Env env) {
      tallies = env.objects(Tally.class);
    }

    @Override
    public Response fetch(Request request) {
      return Response.text(tallies.getByName(request.url().segment(0)).add(1));
    }
  }

  private Training() {}

  /**
   * Starts and stops a node.
   *
   * @param args an empty folder, which is left with files in it
   */
  public static void main(String[] args) throws IOException {
    LogConfiguration.use();
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    HoldfastCommand.execute(
        new Surroundings(Map.of(), nowhere, nowhere, new StopSignal(), () -> null),
        "dev",
        "--help");
    Path folder = Path.of(args[0]);
    Files.writeString(
        folder.resolve(AppConfig.FILE),
        """
        name = "training"
        worker = "%s"

        [[object]]
        namespace = "Tally"
        class = "%s"
        """
            .formatted(TallyWorker.class.getName(), TallyObject.class.getName()));
    for (Class<?> part : List.of(Tally.class, TallyObject.class, TallyWorker.class)) {
      copyClass(part, folder);
    }
    Overrides overrides = new Overrides(Map.of("--port", "0"), Map.of());
    AppConfig config = AppConfig.read(folder, overrides, Mode.DEV);
    try (AppClassLoader loader = new AppClassLoader(config.name(), List.of(folder))) {
      App app = App.load(config, loader);
      try (Node node = Node.start(config.node(), app.objects(), app.worker())) {
        request(node.port());
      }
    }
  }

  /** An app sees nothing of the server, so it brings even these classes itself. */
  private static void copyClass(Class<?> part, Path folder) throws IOException {
    String name = part.getName().replace('.', '/') + ".class";
    Path copy = folder.resolve(name);
    Files.createDirectories(Objects.requireNonNull(copy.getParent()));
    try (InputStream in = Training.class.getResourceAsStream("/" + name)) {
      Files.copy(Objects.requireNonNull(in), copy);
    }
  }

  private static void request(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getByName("localhost"), port)) {
      for (int i = 1; i <= REQUESTS; i++) {
        String last = i == REQUESTS ? "Connection: close\r\n" : "";
        socket
            .getOutputStream()
            .write(
                "GET /t%d HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
                    .formatted(i % 10, last)
                    .getBytes(StandardCharsets.US_ASCII));
      }
      socket.getInputStream().readAllBytes();
    }
  }
}
