// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performs the tasks that commands ask a node for. Thread-safe.
 *
 * <p>It starts on a thread of its own, since nobody waits for it; a command that comes sooner asks
 * again. If it cannot start, as where the data directory cannot be written to, the node goes on
 * without, and the log says so.
 */
public final class ControlServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlServer.class);
  private static final int TOKEN_BYTES = 32;
  private static final int MAX_CONVERSATIONS = 32;
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private final Workplace place;
  private final Map<String, ControlTask> tasks;
  private final Thread acceptor;
  private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();

  // Guarded by this.
  private @Nullable Door door;
  private boolean closed;

  /**
   * Where commands come in.
   *
   * @param listener the port
   * @param file what leads there
   */
  private record Door(ServerSocket listener, ControlFile file) {}

  private ControlServer(Workplace place, List<? extends ControlTask> tasks) {
    this.place = place;
    this.tasks = tasks.stream().collect(Collectors.toMap(ControlTask::name, Function.identity()));
    // No virtual one: during a start the carriers have better to do than to write files.
    this.acceptor = Thread.ofPlatform().daemon().name("holdfast-control").unstarted(this::run);
  }

  /** Begins to start one. Close it before what its tasks work on. */
  public static ControlServer start(Workplace place, List<? extends ControlTask> tasks) {
    ControlServer server = new ControlServer(place, tasks);
    server.acceptor.start();
    return server;
  }

  private void run() {
    Door open;
    try {
      open = open();
    } catch (IOException e) {
      log.warn(
          "commands like backup cannot reach this node, since it cannot write {}: {}; make the"
              + " folder writable and start it again",
          place.data().resolve(ControlFile.NAME),
          e.toString());
      return;
    }
    try {
      while (open != null && !open.listener().isClosed()) {
        converse(open.listener().accept(), open.file().token());
      }
    } catch (IOException e) {
      if (!open.listener().isClosed()) {
        log.warn("commands like backup cannot reach this node any more", e);
      }
    }
  }

  /** Opens the door; null if the server is closed already. */
  private synchronized @Nullable Door open() throws IOException {
    if (closed) {
      return null;
    }
    byte[] token = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(token);
    ServerSocket listener = new ServerSocket();
    try {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      ControlFile file =
          new ControlFile(
              listener.getLocalPort(),
              HexFormat.of().formatHex(token),
              ProcessHandle.current().pid());
      file.write(place.data());
      Door open = new Door(listener, file);
      door = open;
      return open;
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  private synchronized void converse(Socket socket, String token) throws IOException {
    if (closed || conversations.size() >= MAX_CONVERSATIONS) {
      socket.close();
      return;
    }
    Conversation conversation =
        new Conversation(socket, token, place, tasks, conversations::remove);
    conversations.add(conversation);
    conversation.start();
  }

  /**
   * Lets no more commands in, interrupts what they have asked for, and waits for it, at most 5 s;
   * they are told. Idempotent.
   */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      Door open = door;
      if (open != null) {
        door = null;
        try (open.listener) {
          open.file.delete(place.data());
        }
      }
    }
    conversations.forEach(Conversation::stop);
    long end = System.nanoTime() + END_LIMIT.toNanos();
    boolean interrupted = false;
    for (Conversation conversation : conversations) {
      try {
        conversation.awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
