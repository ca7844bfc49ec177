// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import dev.holdfast.gateway.files.StaticFiles;
import dev.holdfast.server.LiveNode;
import dev.holdfast.server.NodeOptions;
import dev.holdfast.server.app.AppBuild;
import dev.holdfast.server.app.AppFolder;
import dev.holdfast.server.app.BuildInputs;
import dev.holdfast.server.config.AppConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves an app, and puts new code in place when its files change. For one thread, but for {@link
 * #port}.
 */
public final class DevServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DevServer.class);
  private static final double NANOS = 1e9;

  /** What pages do not show by themselves. */
  private static final Set<String> CODE = Set.of("java", "toml", "xml", "jar");

  private final AppFolder folder;
  private final Supplier<AppConfig> configuration;
  private final PrintWriter out;
  private final BiConsumer<PrintWriter, Throwable> describe;
  private final AppBuild build;
  private final FileWatch watch;
  private final PageNews news = new PageNews();
  private final LiveNode node;
  private final AppConfig first;
  private LoadedCode code;
  private CompletableFuture<Void> preparing = CompletableFuture.completedFuture(null);

  /** What ran before: what is left of it may still need classes. */
  private @Nullable LoadedCode last;

  /** The wish to end. */
  @FunctionalInterface
  public interface Stop {
    /** Waits at most that long, and says whether it came. */
    boolean within(Duration limit) throws InterruptedException;
  }

  /**
   * Builds an app and serves it.
   *
   * @param folder the app
   * @param configuration reads its configuration as it is now
   * @param adapt adapts the options of the node to what the command line says
   * @param out for what people want to know
   * @param describe writes for people why something failed
   */
  public DevServer(
      AppFolder folder,
      Supplier<AppConfig> configuration,
      Function<NodeOptions, NodeOptions> adapt,
      PrintWriter out,
      BiConsumer<PrintWriter, Throwable> describe) {
    this.folder = folder;
    this.configuration = configuration;
    this.out = out;
    this.describe = describe;
    this.first = configuration.get();
    this.build = AppBuild.of(folder);
    this.watch = new FileWatch(this::files);
    this.code = LoadedCode.load(first, build.run(out));
    try {
      this.node =
          LiveNode.start(
              adapt.apply(first.node()),
              code.app().objects(),
              code.app().worker(),
              worker -> new LivePages(new StaticFiles(folder.pages(), worker), news));
    } catch (RuntimeException | Error failure) {
      code.close();
      throw failure;
    }
    build.keep(code.classPath());
    prepare();
  }

  /** What the app is made of, and what is served beside it. */
  private BuildInputs files() {
    return BuildInputs.below(List.of(folder.configuration(), folder.pages()), _ -> true)
        .and(build.inputs());
  }

  /** What the node was started with. */
  public AppConfig configuration() {
    return first;
  }

  /** The port that is listened on. */
  public int port() {
    return node.port();
  }

  /** The port of the operator's pages; -1 if there are none. */
  public int adminPort() {
    return node.adminPort();
  }

  /** Watches until the end. */
  public void watch(Stop stop) throws InterruptedException {
    List<Path> changes = watch.awaitChanges(stop);
    while (!changes.isEmpty()) {
      changed(changes);
      changes = watch.awaitChanges(stop);
    }
  }

  private void changed(List<Path> changes) {
    if (changes.stream().anyMatch(file -> !isPage(file))) {
      putInPlace(changes);
    }
    List<String> shown = changes.stream().filter(DevServer::isShown).map(this::address).toList();
    if (!shown.isEmpty()) {
      news.files(shown);
      say("pages load " + String.join(", ", shown));
    }
  }

  // ---------------------------------------------------------------- code

  /** Builds and runs what is there now; if that cannot be, what runs goes on. */
  private void putInPlace(List<Path> changes) {
    long from = System.nanoTime();
    StringWriter said = new StringWriter();
    PrintWriter progress = new PrintWriter(said);
    try {
      AppConfig config = configuration.get();
      List<Path> classPath = build.run(progress);
      if (!node.runs() || !code.is(config, classPath)) {
        replace(LoadedCode.load(config, classPath));
        say(
            "new code in place after %.1f s: %s"
                .formatted((System.nanoTime() - from) / NANOS, names(changes)));
      }
      if (!config.node().equals(first.node())) {
        say("settings of [server], [data], [admin] and [limits] hold from the next start");
      }
      news.fine();
    } catch (RuntimeException | Error failure) {
      // The app's errors too: those of its worker's constructor end here.
      describe.accept(progress, failure);
      progress.flush();
      String problem = said.toString().strip();
      say(
          problem
              + (node.runs()
                  ? "\nthe code before stays in place"
                  : "\nno code runs: the code before could not be started again either"));
      news.problem(problem);
    }
    prepare();
  }

  private void replace(LoadedCode next) {
    try {
      node.replace(next.app().objects(), next.app().worker());
    } catch (RuntimeException | Error failure) {
      next.close();
      throw failure;
    }
    if (last != null) {
      last.close();
    }
    last = code;
    code = next;
    build.keep(
        Stream.concat(code.classPath().stream(), last.classPath().stream()).distinct().toList());
  }

  /** Makes the next build fast, while nobody waits for it. */
  private void prepare() {
    preparing =
        preparing.thenRunAsync(
            () -> {
              try {
                build.prepare();
              } catch (RuntimeException | Error e) {
                log.warn("the next build takes longer than it would have to", e);
              }
            },
            Thread.ofPlatform().daemon().name("holdfast-prepare")::start);
  }

  // ---------------------------------------------------------------- files

  private boolean isPage(Path file) {
    return file.startsWith(folder.pages());
  }

  private static boolean isShown(Path file) {
    String name = String.valueOf(file.getFileName());
    return !CODE.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  /** Where a page finds a file: at its path, if it is not one that the code serves. */
  private String address(Path file) {
    return isPage(file)
        ? "/" + folder.pages().relativize(file).toString().replace('\\', '/')
        : String.valueOf(file.getFileName());
  }

  private static String names(List<Path> files) {
    return files.stream()
        .map(file -> String.valueOf(file.getFileName()))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private void say(String text) {
    out.println(text);
    out.flush();
  }

  /** Stops in order. */
  @Override
  public void close() {
    news.end();
    try {
      node.close();
    } finally {
      preparing.join();
      code.close();
      if (last != null) {
        last.close();
      }
    }
  }
}
