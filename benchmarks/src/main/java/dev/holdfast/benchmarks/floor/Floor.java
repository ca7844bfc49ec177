// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.floor;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves durable counters over HTTP, by hand with the bare libraries. */
@Command(name = "floor", mixinStandardHelpOptions = true)
public final class Floor implements Callable<Integer> {
  @Option(names = "--port", required = true, description = "on the loopback")
  private int port;

  @Option(names = "--data", required = true, description = "directory of the database")
  private Path data = Path.of("");

  @Option(
      names = "--commit-delay-ms",
      defaultValue = "0",
      description = "milliseconds to wait before each sync, as a slow disk would")
  private long commitDelayMillis;

  @Option(
      names = "--event-loops",
      defaultValue = "2",
      description = "threads that parse and write (${DEFAULT-VALUE})")
  private int eventLoops;

  private Floor() {}

  public static void main(String[] args) {
    int exit = new CommandLine(new Floor()).execute(args);
    if (exit != 0) {
      System.exit(exit);
    }
  }

  /** Returns once it serves; the event loops keep the process alive. */
  @Override
  public Integer call() throws Exception {
    Files.createDirectories(data);
    Counters counters = new Counters(data, commitDelayMillis);
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(eventLoops).setPreferNativeTransport(true));
    vertx
        .deployVerticle(
            () -> new Server(port, new CounterHttp(counters)),
            new DeploymentOptions().setInstances(eventLoops))
        .await();
    return 0;
  }

  /** One for each event loop; together they share the port's connections. */
  private static final class Server extends VerticleBase {
    private final HttpServerOptions options;
    private final CounterHttp routes;

    Server(int port, CounterHttp routes) {
      this.options = new HttpServerOptions().setHost("127.0.0.1").setPort(port);
      this.routes = routes;
    }

    @Override
    public Future<?> start() {
      return vertx.createHttpServer(options).requestHandler(routes).listen();
    }
  }
}
