// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.floor;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The floor: durable counters over HTTP by hand, with the bare libraries. */
@Command(name = "floor", mixinStandardHelpOptions = true)
public final class Floor implements Callable<Integer> {
  @Option(names = "--port", required = true, description = "port to listen on")
  private int port;

  @Option(names = "--data", required = true, description = "directory of the database")
  private Path data = Path.of("");

  @Option(
      names = "--commit-delay-ms",
      description = "milliseconds to wait before each sync, as a slow disk would")
  private long commitDelayMillis;

  private Floor() {}

  public static void main(String[] args) {
    int exit = new CommandLine(new Floor()).execute(args);
    if (exit != 0) {
      System.exit(exit);
    }
  }

  @Override
  public Integer call() throws Exception {
    Files.createDirectories(data);
    Counters counters = new Counters(data, commitDelayMillis);
    int loops = Integer.getInteger("x.loops", 2);
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(loops)
                .setPreferNativeTransport(!Boolean.getBoolean("x.nio")));
    HttpServerOptions options = new HttpServerOptions().setPort(port).setHost("127.0.0.1");
    vertx
        .deployVerticle(
            () ->
                new AbstractVerticle() {
                  @Override
                  public void start() {
                    vertx
                        .createHttpServer(options)
                        .requestHandler(new CounterHttp(counters))
                        .listen();
                  }
                },
            new DeploymentOptions().setInstances(loops))
        .await();
    System.out.println(
        vertx.isNativeTransportEnabled() + " floor: listening on http://127.0.0.1:" + port);
    return 0;
  }
}
