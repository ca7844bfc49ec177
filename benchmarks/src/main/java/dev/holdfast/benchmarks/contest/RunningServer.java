// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A contender's process, from its start to its last restart. */
public final class RunningServer implements Participant {
  private static final Duration START = Duration.ofMinutes(5);

  /** The client's default would ask each server to go over to HTTP/2. */
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Short, for the benchmark of the start. */
  private static final int POLL_MILLIS = 5;

  private final Contender contender;
  private final App app;
  private final LaunchOptions options;
  private final DataFolder folder;
  private final int port;
  private Process process;

  private RunningServer(
      Contender contender, App app, LaunchOptions options, DataFolder folder, int port)
      throws IOException {
    this.contender = contender;
    this.app = app;
    this.options = options;
    this.folder = folder;
    this.port = port;
    this.process = launch();
  }

  /** Starts a contender on a free port with no data; returns once it answers. */
  public static RunningServer start(
      Contender contender, App app, LaunchOptions options, Path parent)
      throws IOException, InterruptedException {
    DataFolder folder = DataFolder.create(parent, contender.label + "-");
    Files.createDirectory(folder.path().resolve("data"));
    int port = freePort();
    RunningServer server = new RunningServer(contender, app, options, folder, port);
    try {
      server.awaitAnswer();
    } catch (IOException | InterruptedException e) {
      server.discard();
      throw e;
    }
    return server;
  }

  @Override
  public Contender contender() {
    return contender;
  }

  public int port() {
    return port;
  }

  /** Kills the process as {@code kill -9} does and starts it on the data it left. */
  public void killAndRestart() throws IOException, InterruptedException {
    kill();
    process = launch();
    awaitAnswer();
  }

  /** Fails if the process has ended, with what it wrote. */
  public void requireAlive() throws IOException {
    if (!process.isAlive()) {
      throw new IOException(
          "%s ended with %d while it was measured; it wrote:%n%s"
              .formatted(contender.label, process.exitValue(), log()));
    }
  }

  /** Memory that the server's processes hold, in bytes. */
  public long residentBytes() throws IOException, InterruptedException {
    long bytes = 0;
    for (ProcessHandle handle : handles().toList()) {
      bytes += ResidentMemory.of(handle);
    }
    return bytes;
  }

  /** Processor time that the server's processes have used. */
  public Duration cpu() {
    return handles()
        .map(handle -> handle.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  private Stream<ProcessHandle> handles() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants());
  }

  private Process launch() throws IOException {
    ProcessBuilder command =
        new ProcessBuilder(
            "benchmarks/serve",
            app.name(),
            contender.label,
            Integer.toString(port),
            folder.path().resolve("data").toString(),
            Integer.toString(options.commitDelayMillis()));
    command.environment().put("BENCHMARK_JAVA_OPTS", options.javaOptions());
    return command
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()))
        .start();
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    HttpRequest ready =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + app.readyPath())).build();
    long deadline = System.nanoTime() + START.toNanos();
    while (true) {
      try {
        int status = CLIENT.send(ready, BodyHandlers.discarding()).statusCode();
        if (status == 200) {
          return;
        }
        throw new IOException(
            "%s answered %d for %s".formatted(contender.label, status, ready.uri()));
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException(
              "%s did not answer within %s; it wrote:%n%s".formatted(contender.label, START, log()),
              e);
        }
        process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  /** Asks the process to end as {@code kill} does, and waits for it. */
  public void stop() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  private void kill() {
    handles().toList().forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
  }

  /** Kills the process and removes its data. */
  @Override
  public void discard() throws IOException {
    kill();
    folder.delete();
  }

  private Path output() {
    return folder.path().resolve("output.txt");
  }

  private String log() throws IOException {
    return Files.readString(output());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
