// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import dev.holdfast.benchmarks.rooms.client.Generator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The load generator's process. Every error of it, a message lost included, is an exception. */
final class Clients implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;

  private Clients(Process process) {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.commands = process.outputWriter(StandardCharsets.US_ASCII);
  }

  /** Starts it, with the options that this virtual machine has. */
  static Clients start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-XX:+UseCompactObjectHeaders");
    command.add("-XX:+UseSerialGC");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Generator.class.getName());
    return new Clients(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  void open(int port, int rooms, int members) throws IOException {
    var _ = perform("open %d %d %d".formatted(port, rooms, members));
  }

  /** Has something said for a while. */
  Deliveries drive(Load load, Scene scene, Duration length) throws IOException {
    return deliveries(
        switch (load) {
          case SATURATED -> "saturate %d %d".formatted(length.toMillis(), scene.underWay());
          case PACED -> "pace %d %d".formatted(length.toMillis(), scene.perSecond());
        });
  }

  /** One message to each room. */
  Deliveries roll() throws IOException {
    return deliveries("roll");
  }

  /** Closes the sockets. */
  void leave() throws IOException {
    var _ = perform("close");
  }

  /** Processor time that it has used. */
  Duration cpu() {
    return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private Deliveries deliveries(String command) throws IOException {
    String[] figures = perform(command).split(" ", -1);
    return new Deliveries(
        Long.parseLong(figures[1]),
        Long.parseLong(figures[2]),
        nanos(figures[3]),
        nanos(figures[4]),
        nanos(figures[5]));
  }

  private static Duration nanos(String number) {
    return Duration.ofNanos(Long.parseLong(number));
  }

  private String perform(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
    String answer = answers.readLine();
    if (answer == null || !answer.startsWith("ok")) {
      throw new IOException("the clients, told to '%s': %s".formatted(command, answer));
    }
    return answer;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
