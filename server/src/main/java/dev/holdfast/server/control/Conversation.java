// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import dev.holdfast.HoldfastException;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request of a command, and the node's answer. On a platform thread: tasks read and write files
 * for long, and an interrupt must not break the connection off.
 */
final class Conversation {
  private static final Logger log = LoggerFactory.getLogger(Conversation.class);

  /** How long a request may take to come in. */
  private static final int REQUEST_MILLIS = 10_000;

  /** How far it is. */
  private enum Stage {
    /** The request comes in. */
    LISTENING,
    /** The task is performed, and may be interrupted. */
    PERFORMING,
    /** The end is told. */
    ANSWERING
  }

  private final Socket socket;
  private final String token;
  private final Workplace place;
  private final Map<String, ControlTask> tasks;
  private final Thread thread;

  // Guarded by this.
  private Stage stage = Stage.LISTENING;
  private boolean stopping;

  /**
   * Begins a conversation.
   *
   * @param ended called at its end
   */
  Conversation(
      Socket socket,
      String token,
      Workplace place,
      Map<String, ControlTask> tasks,
      Consumer<Conversation> ended) {
    this.socket = socket;
    this.token = token;
    this.place = place;
    this.tasks = tasks;
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("holdfast-control-task")
            .unstarted(
                () -> {
                  try {
                    run();
                  } finally {
                    ended.accept(this);
                  }
                });
  }

  void start() {
    thread.start();
  }

  /** The node stops: what is being done is interrupted, and the command told why. */
  synchronized void stop() {
    stopping = true;
    switch (stage) {
      case LISTENING -> close();
      case PERFORMING -> thread.interrupt();
      case ANSWERING -> {}
    }
  }

  /** Waits for the end, at most that long; then the connection is broken off. */
  void awaitEnd(Duration limit) throws InterruptedException {
    try {
      if (!thread.join(limit)) {
        log.warn("what the command line asked for did not end in time for the node's stop");
      }
    } finally {
      close();
    }
  }

  private void close() {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("a connection of the command line did not close", e);
    }
  }

  private void run() {
    try (socket) {
      socket.setSoTimeout(REQUEST_MILLIS);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
      if (in.readInt() == Frame.MAGIC && welcome(in, out)) {
        perform(ControlRequest.read(in), in, out);
      }
    } catch (IOException e) {
      // Not a command, or one that has gone.
      log.debug("a connection of the command line ended", e);
    }
  }

  private boolean welcome(DataInputStream in, DataOutputStream out) throws IOException {
    boolean welcome =
        in.readUnsignedByte() == Frame.VERSION
            && MessageDigest.isEqual(
                token.getBytes(StandardCharsets.UTF_8),
                in.readUTF().getBytes(StandardCharsets.UTF_8));
    out.writeInt(Frame.MAGIC);
    out.writeByte(Frame.VERSION);
    out.writeBoolean(welcome);
    out.flush();
    return welcome;
  }

  private void perform(ControlRequest request, DataInputStream in, DataOutputStream out)
      throws IOException {
    ControlTask task = tasks.get(request.task());
    if (task == null) {
      Frame.FAILED.write(
          out,
          "the node in %s knows no task %s, only %s; use the command of the version that runs there"
              .formatted(place.data(), request.task(), new TreeSet<>(tasks.keySet())));
      return;
    }
    if (enter(Stage.PERFORMING)) {
      throw new EOFException("the node stops");
    }
    socket.setSoTimeout(0);
    var _ = Thread.ofVirtual().name("holdfast-control-watch").start(() -> watch(in));
    Frame end = Frame.FAILED;
    String text = "";
    try {
      task.perform(place, request, Frame.output(out));
      end = Frame.DONE;
    } catch (IllegalArgumentException e) {
      end = Frame.REFUSED;
      text = String.valueOf(e.getMessage());
    } catch (HoldfastException | ControlException e) {
      text = String.valueOf(e.getMessage());
    } catch (UncheckedIOException e) {
      text = e.getMessage() + ": " + e.getCause();
    } catch (IOException | InterruptedException e) {
      text = e.toString();
    } catch (RuntimeException | Error e) {
      log.error("the task {} failed", request.task(), e);
      text = "this is a defect, please report it; the log of the node says more: " + e;
    }
    if (enter(Stage.ANSWERING) && end == Frame.FAILED) {
      text =
          "the node in %s stops, so the task %s was given up; retry"
              .formatted(place.data(), request.task());
    }
    end.write(out, text);
  }

  /** Goes on to a stage; says whether the node stops. */
  private synchronized boolean enter(Stage next) {
    stage = next;
    return stopping;
  }

  /** A command sends no more, so whatever is read here is its end. */
  private void watch(DataInputStream in) {
    try {
      int _ = in.read();
    } catch (IOException e) {
      // The same.
    }
    synchronized (this) {
      if (stage == Stage.PERFORMING) {
        thread.interrupt();
      }
    }
  }
}
