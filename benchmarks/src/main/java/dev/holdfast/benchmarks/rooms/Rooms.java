// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import dev.holdfast.benchmarks.contest.App;
import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.Contest;
import dev.holdfast.benchmarks.contest.EntryOptions;
import dev.holdfast.benchmarks.contest.Failures;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.contest.Progress;
import dev.holdfast.benchmarks.contest.RoundOptions;
import dev.holdfast.benchmarks.contest.RunningServer;
import dev.holdfast.benchmarks.contest.Surroundings;
import dev.holdfast.benchmarks.contest.Workerd;
import dev.holdfast.benchmarks.rooms.Asleep.InProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Rooms whose members all get what one of them says, over WebSocket: how much each server delivers,
 * and what sockets take whose room sleeps. docs/benchmarks.md says how to read it.
 */
@Command(
    name = "rooms",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Rooms over WebSocket: messages delivered per second, ours, the floor and workerd;",
      "then memory per socket of sleeping rooms, ours, bare Vert.x and workerd."
    })
public final class Rooms implements Callable<Integer> {
  private static final App APP = new App("rooms", "/");

  /** workerd opens the database of each object, also of one that stores nothing. */
  private static final int WORKERD_FILES_PER_ROOM = 4;

  /** With 9,000 sockets it reset connections while they were opened, with 6,000 it did not. */
  private static final int WORKERD_SOCKETS = 6_000;

  /** What is measured. */
  enum Part {
    /** Messages delivered. */
    traffic,
    /** Memory of sockets whose room sleeps. */
    asleep
  }

  @Mixin private final RoundOptions rounds = new RoundOptions();
  @Mixin private final EntryOptions entry = new EntryOptions();

  @Option(
      names = "--parts",
      split = ",",
      defaultValue = "traffic,asleep",
      description = "what is measured (${DEFAULT-VALUE})")
  private List<Part> parts = List.of();

  @Option(
      names = "--sockets",
      defaultValue = "20000",
      description =
          "that sleep, in rooms of ten; fewer where the limit of open files does not allow as many"
              + " (${DEFAULT-VALUE})")
  private int sockets;

  private final Progress progress = new Progress("rooms");
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private Rooms() {}

  public static void main(String[] args) {
    System.exit(Failures.shown(new CommandLine(new Rooms())).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (entry.has(Contender.WORKERD)) {
      Workerd.install();
    }
    out.println(Surroundings.describe("clients on Netty, one event loop"));
    out.println();
    if (parts.contains(Part.traffic)) {
      traffic();
    }
    if (parts.contains(Part.asleep)) {
      asleep();
    }
    return 0;
  }

  // ---------------------------------------------------------------- traffic

  private void traffic() throws IOException, InterruptedException {
    out.println(rounds.describe());
    out.println();
    Path data = entry.data();
    try (Contest<RunningServer> contest = new Contest<>(progress, rounds.turns());
        Clients clients = Clients.start()) {
      contest.enter(
          entry.contenders(),
          contender -> RunningServer.start(contender, APP, LaunchOptions.PLAIN, data),
          server -> {
            for (Scene scene : Scene.ALL) {
              var _ = Round.run(clients, server, Load.SATURATED, scene, rounds.warmUp());
            }
          });
      Report report = new Report(out);
      for (Load load : Load.values()) {
        for (Scene scene : Scene.ALL) {
          report.scene(
              scene,
              load,
              contest.rounds(
                  load.label + ", " + scene,
                  server -> Round.run(clients, server, load, scene, rounds.length()),
                  Summary::new));
        }
      }
    }
    out.println();
    out.println("Every member of every room got every message once, in the order of the room.");
    if (entry.has(Contender.WORKERD)) {
      out.println(Workerd.RESIDENT_MEMORY_NOTE);
    }
    out.println();
  }

  // ---------------------------------------------------------------- asleep

  private void asleep() throws IOException, InterruptedException {
    int rooms = roomsAsleep(0);
    Asleep asleep = new Asleep(progress, entry.data(), rooms);
    // Before Vert.x alone, which would leave it a process that has grown already.
    InProcess ours = asleep.ours();
    InProcess vertx = asleep.vertx();
    SleepReport report = new SleepReport(out, rooms * Asleep.MEMBERS);
    report.ours(ours, vertx);
    report.vertx(vertx);
    if (entry.has(Contender.WORKERD)) {
      int ofWorkerd =
          Math.min(roomsAsleep(WORKERD_FILES_PER_ROOM), WORKERD_SOCKETS / Asleep.MEMBERS);
      report.workerd(
          ofWorkerd * Asleep.MEMBERS, new Asleep(progress, entry.data(), ofWorkerd).workerd());
    }
    out.println();
    report.classes(ours, vertx);
  }

  /** As many rooms as are asked for, or as the limit of open files allows, which is then told. */
  private int roomsAsleep(int filesPerRoom) {
    int asked = sockets / Asleep.MEMBERS;
    long most = Descriptors.free() / (Asleep.MEMBERS + filesPerRoom);
    if (most >= asked) {
      return asked;
    }
    progress.show(
        "%,d sockets and not %,d, as a process may not open more files; raise the limit with ulimit -n"
            .formatted(most * Asleep.MEMBERS, sockets));
    return (int) most;
  }
}
