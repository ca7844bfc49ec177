// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.durability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The counter example as a process of its own, perhaps under a tracer, on a folder of data. */
final class CounterServer implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration REQUEST = Duration.ofSeconds(30);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path output;
  private final int port;
  private final Process process;

  private CounterServer(Path output, int port, Process process) {
    this.output = output;
    this.port = port;
    this.process = process;
  }

  /**
   * Starts the server; returns once it answers, or has ended.
   *
   * @param tracer the command to run it under; empty for none
   */
  static CounterServer start(List<String> tracer, Path data, Path output)
      throws IOException, InterruptedException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    List<String> command = new ArrayList<>(tracer);
    command.addAll(
        List.of("./holdfast", "run", "examples/counter", "--port", Integer.toString(port)));
    command.addAll(List.of("--data", data.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    CounterServer server = new CounterServer(output, port, process);
    long deadline = System.nanoTime() + START.toNanos();
    while (process.isAlive() && !server.answers()) {
      if (System.nanoTime() > deadline) {
        server.kill();
        throw new IOException("no answer within " + START + "; it wrote:\n" + server.output());
      }
      process.waitFor(50, TimeUnit.MILLISECONDS);
    }
    return server;
  }

  boolean alive() {
    return process.isAlive();
  }

  /** What it wrote on its terminal. */
  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean answers() throws InterruptedException {
    try {
      return send("GET", "/counters/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Increments a counter; returns whether it was confirmed. */
  boolean increment(String counter) throws InterruptedException {
    try {
      return send("POST", "/counters/" + counter + "/increment").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** The value of a counter. */
  long value(String counter) throws InterruptedException {
    try {
      HttpResponse<String> response = send("GET", "/counters/" + counter);
      if (response.statusCode() != 200) {
        throw new DurabilityBroken(
            "reading counter %s answered %d: %s"
                .formatted(counter, response.statusCode(), response.body()));
      }
      return Long.parseLong(response.body());
    } catch (IOException e) {
      throw new DurabilityBroken("reading counter " + counter + ": " + e + "\n" + output());
    }
  }

  private HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return client.send(
        HttpRequest.newBuilder(uri)
            .method(method, BodyPublishers.noBody())
            .timeout(REQUEST)
            .build(),
        BodyHandlers.ofString());
  }

  /** Ends it as {@code kill -9} does, its tracer too. */
  void kill() {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle handle : all) {
      handle.onExit().join();
    }
  }

  /** Ends it if it still runs. */
  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
    client.close();
  }
}
