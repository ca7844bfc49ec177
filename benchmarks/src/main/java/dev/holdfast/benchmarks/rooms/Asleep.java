// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import dev.holdfast.benchmarks.contest.App;
import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.contest.Progress;
import dev.holdfast.benchmarks.contest.RunningServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What a socket costs whose object sleeps: many are opened, all objects leave memory, each room
 * gets one message, which must arrive at every member, and all sleep again.
 */
final class Asleep {
  /** Of the rooms. */
  static final int MEMBERS = 10;

  private static final App APP = new App("sleeping-rooms", "/");

  /** Opened and closed before anything is counted: classes, pools and threads stay. */
  private static final int REHEARSAL_ROOMS = 10;

  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** What only a socket that was just opened has, a timer for instance, is gone by then. */
  private static final Duration SETTLED = Duration.ofSeconds(35);

  private static final int POLL_MILLIS = 50;

  /** workerd closes an object that was idle for ten seconds, and does not tell. */
  private static final Duration WORKERD_IDLE = Duration.ofSeconds(15);

  private final Progress progress;
  private final Path data;
  private final int rooms;

  Asleep(Progress progress, Path data, int rooms) {
    this.progress = progress;
    this.data = data;
    this.rooms = rooms;
  }

  /**
   * What a server in this process took.
   *
   * @param before no socket was open
   * @param asleep all were, and no object in memory
   * @param again likewise after all had got a message, and some time after they were opened
   * @param awake objects in memory after that message
   * @param roll that message
   */
  record InProcess(Memory before, Memory asleep, Memory again, long awake, Deliveries roll) {}

  /**
   * What a server in a process of its own took, in resident bytes.
   *
   * @param again after all had got a message
   */
  record Apart(long before, long asleep, long again, Deliveries roll) {}

  /** Ours. */
  InProcess ours() throws IOException, InterruptedException {
    try (SleepingNode node = SleepingNode.start(data, rooms * MEMBERS + 100);
        Clients clients = Clients.start()) {
      rehearse(node, clients);
      Memory before = Memory.now();
      progress.show("opening %,d sockets of ours".formatted(rooms * MEMBERS));
      clients.open(node.port(), rooms, MEMBERS);
      long opened = System.nanoTime();
      awaitSleep(node);
      Memory asleep = Memory.now();
      progress.show("a message to each of %,d rooms".formatted(rooms));
      Deliveries roll = clients.roll();
      long awake = node.awake();
      awaitSleep(node);
      Duration since = Duration.ofNanos(System.nanoTime() - opened);
      TimeUnit.MILLISECONDS.sleep(SETTLED.minus(since).toMillis());
      Memory again = Memory.now();
      clients.leave();
      return new InProcess(before, asleep, again, awake, roll);
    }
  }

  private static void rehearse(SleepingNode node, Clients clients)
      throws IOException, InterruptedException {
    clients.open(node.port(), REHEARSAL_ROOMS, MEMBERS);
    var _ = clients.roll();
    clients.leave();
    awaitSleep(node);
  }

  /** Polls the gauge, as whoever watches a node does. */
  private static void awaitSleep(SocketServer server) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (server.awake() > 0) {
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "%,d objects are still in memory %d s after the last message; by default they leave it after 10 s"
                .formatted(server.awake(), LIMIT.toSeconds()));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  /** Sockets of bare Vert.x; no object, and no message. */
  InProcess vertx() throws IOException, InterruptedException {
    try (BareSockets server = new BareSockets();
        Clients clients = Clients.start()) {
      clients.open(server.port(), REHEARSAL_ROOMS, MEMBERS);
      clients.leave();
      Memory before = Memory.now();
      progress.show("opening %,d sockets of bare Vert.x".formatted(rooms * MEMBERS));
      clients.open(server.port(), rooms, MEMBERS);
      Memory open = Memory.now();
      clients.leave();
      return new InProcess(
          before, open, open, 0, new Deliveries(0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO));
    }
  }

  /** The peer, in resident memory. */
  Apart workerd() throws IOException, InterruptedException {
    RunningServer server = RunningServer.start(Contender.WORKERD, APP, LaunchOptions.PLAIN, data);
    try (Clients clients = Clients.start()) {
      clients.open(server.port(), REHEARSAL_ROOMS, MEMBERS);
      var _ = clients.roll();
      clients.leave();
      TimeUnit.MILLISECONDS.sleep(WORKERD_IDLE.toMillis());
      long before = server.residentBytes();
      progress.show("opening %,d sockets of workerd".formatted(rooms * MEMBERS));
      clients.open(server.port(), rooms, MEMBERS);
      TimeUnit.MILLISECONDS.sleep(WORKERD_IDLE.toMillis());
      long asleep = server.residentBytes();
      Deliveries roll = clients.roll();
      TimeUnit.MILLISECONDS.sleep(WORKERD_IDLE.toMillis());
      server.requireAlive();
      return new Apart(before, asleep, server.residentBytes(), roll);
    } finally {
      server.discard();
    }
  }
}
