// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
  private static final int MAX_CONVERSATIONS = 32;
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  /** How long a request may take to come in. */
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);

  /** Between two tries to take a connection, as while the process has no descriptors left. */
  private static final long AGAIN_MILLIS = 100;

  /** How a connection is taken. */
  @FunctionalInterface
  interface Entrance {
    SocketChannel accept(ServerSocketChannel listener) throws IOException;
  }

  private final Workplace place;
  private final ControlSocket socket;
  private final Map<String, ControlTask> tasks;
  private final Thread acceptor;
  private final Entrance entrance;
  private final Duration requestLimit;
  private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);

  // Guarded by this.
  private @Nullable ServerSocketChannel listener;
  private boolean closed;

  private ControlServer(
      Workplace place,
      List<? extends ControlTask> tasks,
      Entrance entrance,
      Duration requestLimit) {
    this.place = place;
    this.socket = ControlSocket.of(place.data());
    this.tasks = tasks.stream().collect(Collectors.toMap(ControlTask::name, Function.identity()));
    this.entrance = entrance;
    this.requestLimit = requestLimit;
    // No virtual one: during a start the carriers have better to do than to write files.
    this.acceptor = Thread.ofPlatform().daemon().name("holdfast-control").unstarted(this::run);
  }

  /** Begins to start one. Close it before what its tasks work on. */
  public static ControlServer start(Workplace place, List<? extends ControlTask> tasks) {
    return start(place, tasks, ServerSocketChannel::accept, REQUEST_LIMIT);
  }

  static ControlServer start(
      Workplace place,
      List<? extends ControlTask> tasks,
      Entrance entrance,
      Duration requestLimit) {
    ControlServer server = new ControlServer(place, tasks, entrance, requestLimit);
    server.acceptor.start();
    return server;
  }

  private void run() {
    try {
      ServerSocketChannel open = open();
      if (open != null) {
        accept(open);
      }
    } catch (IOException e) {
      log.warn(
          "commands like backup cannot reach this node, since it cannot listen at {}: {}; make the"
              + " data directory writable and start it again",
          socket.path(),
          e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept(ServerSocketChannel open) throws InterruptedException {
    boolean failing = false;
    while (open.isOpen()) {
      try {
        converse(entrance.accept(open));
        failing = false;
      } catch (IOException e) {
        if (!failing && open.isOpen()) {
          log.warn("commands like backup cannot reach this node for now; it goes on trying", e);
        }
        failing = true;
        if (closing.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    }
  }

  /** Begins to listen; null if the server is closed already. */
  private synchronized @Nullable ServerSocketChannel open() throws IOException {
    if (!closed) {
      listener = socket.listen();
    }
    return listener;
  }

  private synchronized void converse(SocketChannel channel) throws IOException {
    if (closed) {
      channel.close();
      return;
    }
    int conversing = conversations.size();
    if (conversing >= MAX_CONVERSATIONS) {
      turnAway(channel, conversing);
      return;
    }
    Conversation conversation = new Conversation(channel, place, tasks, conversations::remove);
    conversations.add(conversation);
    conversation.start(requestLimit);
  }

  /** Waits for nobody: so little is taken before it is read. */
  private void turnAway(SocketChannel channel, int conversing) {
    try (channel) {
      DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
      Frame.greet(out);
      Frame.BUSY.write(
          out,
          "the node in %s is at %d tasks of commands, limit %d; retry when one of them is done"
              .formatted(place.data(), conversing, MAX_CONVERSATIONS));
    } catch (IOException e) {
      log.debug("a command that was to be turned away has gone", e);
    }
  }

  /**
   * Lets no more commands in, interrupts what they have asked for, and waits for it, at most 5 s;
   * they are told. Idempotent.
   *
   * @throws IOException if the socket cannot be removed, which harms nobody; all else is done
   */
  @Override
  public void close() throws IOException {
    ServerSocketChannel open;
    synchronized (this) {
      closed = true;
      open = listener;
      listener = null;
    }
    closing.countDown();
    try (open) {
      if (open != null) {
        socket.delete();
      }
    } finally {
      endConversations();
    }
  }

  private void endConversations() {
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
