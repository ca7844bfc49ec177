// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One run of the command in this process. */
final class CommandRun {
  private static final Pattern READY = Pattern.compile("(?m) serves https?://localhost:(\\d+), ");

  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();
  final StopSignal stop = new StopSignal();

  /** Where it prints to, if not to {@link #out}. */
  @Nullable Writer printer;

  /** Where the command may ask. */
  @Nullable Terminal terminal;

  /** Runs a command to its end; returns its exit status. */
  int execute(String... args) {
    return execute(Map.of(), args);
  }

  /** The same with environment variables. */
  int execute(Map<String, String> environment, String... args) {
    return HoldfastCommand.execute(
        new Surroundings(
            environment,
            new PrintWriter(printer == null ? out : printer),
            new PrintWriter(err),
            stop,
            () -> terminal),
        args);
  }

  /** Starts one that serves, and waits until it does. */
  CompletableFuture<Integer> start(String... args) {
    CompletableFuture<Integer> status = begin(args);
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> status.isDone() || READY.matcher(out.toString()).find());
    assertThat(err.toString()).isEmpty();
    return status;
  }

  /** Starts one. */
  CompletableFuture<Integer> begin(String... args) {
    return CompletableFuture.supplyAsync(
        () -> execute(args), command -> Thread.ofPlatform().daemon().start(command));
  }

  /** The port of a server that was started. */
  int port() {
    Matcher ready = READY.matcher(out.toString());
    assertThat(ready.find()).as(out.toString()).isTrue();
    return Integer.parseInt(ready.group(1));
  }

  /** What a server that was started answers. */
  String get(String path) throws Exception {
    URI uri = URI.create("http://localhost:" + port() + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }
}
