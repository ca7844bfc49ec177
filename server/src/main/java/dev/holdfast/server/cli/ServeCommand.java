// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.gateway.admin.AdminOptions;
import dev.holdfast.server.Node;
import dev.holdfast.server.NodeOptions;
import dev.holdfast.server.app.App;
import dev.holdfast.server.app.AppBuild;
import dev.holdfast.server.app.AppClassLoader;
import dev.holdfast.server.app.AppFolder;
import dev.holdfast.server.config.AppConfig;
import dev.holdfast.server.config.Mode;
import dev.holdfast.server.config.Overrides;
import dev.holdfast.server.dev.DevServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast dev} and {@code holdfast run}: serves an app until told to stop. */
@Command(mixinStandardHelpOptions = true, versionProvider = HoldfastCommand.Version.class)
final class ServeCommand implements Callable<Integer> {
  /** A system property for benchmarks: milliseconds added before each physical write. */
  private static final String COMMIT_DELAY = "holdfast.store.commitDelayMillis";

  private final Mode mode;
  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "APP",
      arity = "0..1",
      defaultValue = ".",
      description = "The app's folder, the one with holdfast.toml (default: this one).")
  private Path app = Path.of(".");

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port to serve on, 0 for any free one (default: 8080).")
  private @Nullable String port;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "The address to listen on (default: localhost for dev, 0.0.0.0 for run).")
  private @Nullable String host;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data directory (default: APP/.holdfast/data for dev, APP/data for run).")
  private @Nullable String data;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description = "The certificate chain for TLS, in PEM (default: none, and no TLS).")
  private @Nullable String tlsCertificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The private key of the certificate, in PEM, PKCS#8.")
  private @Nullable String tlsKey;

  @Option(
      names = "--accept-loss",
      description =
          "Open a store that has lost confirmed commits, giving up what is behind the damage.")
  private boolean acceptLoss;

  ServeCommand(Mode mode, Surroundings surroundings) {
    this.mode = mode;
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    switch (mode) {
      case DEV -> dev();
      case RUN -> run();
    }
    return 0;
  }

  /** Serves, and puts new code in place when files change. */
  private void dev() throws InterruptedException {
    try (DevServer server =
        new DevServer(
            new AppFolder(app),
            this::configuration,
            this::adapted,
            surroundings.out(),
            (writer, failure) -> new Failures(writer).report(failure))) {
      ready(server.configuration(), server.port(), server.adminPort());
      server.watch(surroundings.stop()::within);
    }
  }

  /** Serves. */
  private void run() throws InterruptedException, IOException {
    AppConfig config = configuration();
    AppFolder folder = new AppFolder(app);
    AppBuild build = AppBuild.of(folder);
    try (AppClassLoader loader = new AppClassLoader(config.name(), build.run(surroundings.out()))) {
      App loaded = App.load(config, loader);
      try (Node node =
          Node.start(
              adapted(config.node()),
              loaded.objects(),
              loaded.worker().andThen(folder::behindPages))) {
        ready(config, node.port(), node.adminPort());
        surroundings.stop().await();
      }
    }
  }

  private AppConfig configuration() {
    return AppConfig.read(app, overrides(), mode);
  }

  private NodeOptions adapted(NodeOptions options) {
    return options.withStore(
        options
            .store()
            .withAcceptLoss(acceptLoss)
            .withCommitDelay(Duration.ofMillis(Long.getLong(COMMIT_DELAY, 0))));
  }

  private Overrides overrides() {
    Map<String, String> flags = new HashMap<>();
    put(flags, "--port", port);
    put(flags, "--host", host);
    put(flags, "--data", data);
    put(flags, "--tls-certificate", tlsCertificate);
    put(flags, "--tls-key", tlsKey);
    return new Overrides(flags, surroundings.environment());
  }

  private static void put(Map<String, String> flags, String name, @Nullable String value) {
    if (value != null) {
      flags.put(name, value);
    }
  }

  private void ready(AppConfig config, int port, int adminPort) {
    String host = config.node().gateway().host();
    surroundings
        .out()
        .println(
            "%s serves %s://%s:%d, keeps its data in %s, stops with Ctrl-C"
                .formatted(
                    config.name(),
                    config.node().gateway().tls() == null ? "http" : "https",
                    host.equals("0.0.0.0") ? "localhost" : host,
                    port,
                    config.node().data()));
    AdminOptions admin = config.node().admin();
    if (admin != null) {
      surroundings
          .out()
          .println("its admin pages are at http://%s:%d".formatted(admin.host(), adminPort));
    }
  }
}
