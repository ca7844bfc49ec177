// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import dev.holdfast.HoldfastException;
import dev.holdfast.Outcome;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request of a command, and the node's answer. On a platform thread: tasks read and write files
 * for long. An interrupt ends the task and not the connection, over which its end is told.
 */
final class Conversation {
  private static final Logger log = LoggerFactory.getLogger(Conversation.class);

  /** How far it is. */
  private enum Stage {
    /** The request comes in. */
    LISTENING,
    /** The task is performed, and may be interrupted. */
    PERFORMING,
    /** The end is told. */
    ANSWERING
  }

  private final SocketChannel channel;
  private final Workplace place;
  private final Map<String, ControlTask> tasks;
  private final Consumer<Conversation> ended;
  private final Thread thread;

  // Guarded by this.
  private Stage stage = Stage.LISTENING;
  private boolean stopping;
  private boolean writing;
  private boolean interruptLater;

  /**
   * Begins a conversation.
   *
   * @param ended called at its end
   */
  Conversation(
      SocketChannel channel,
      Workplace place,
      Map<String, ControlTask> tasks,
      Consumer<Conversation> ended) {
    this.channel = channel;
    this.place = place;
    this.tasks = tasks;
    this.ended = ended;
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

  /**
   * Lets it begin.
   *
   * @param requestLimit how long the whole request may take to come in
   * @throws IOException if the system gives no thread for it; it is over then
   */
  void start(Duration requestLimit) throws IOException {
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      ended.accept(this);
      close();
      throw new IOException("there is no thread for a command", e);
    }
    CompletableFuture.delayedExecutor(requestLimit.toMillis(), TimeUnit.MILLISECONDS)
        .execute(this::giveUp);
  }

  private synchronized void giveUp() {
    if (stage == Stage.LISTENING) {
      close();
    }
  }

  /** The node stops: what is being done is interrupted, and the command told why. */
  synchronized void stop() {
    stopping = true;
    switch (stage) {
      case LISTENING -> close();
      case PERFORMING -> interrupt();
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
      channel.close();
    } catch (IOException e) {
      log.debug("a connection of the command line did not close", e);
    }
  }

  private void run() {
    try (channel) {
      DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
      DataOutputStream out =
          new DataOutputStream(
              new BufferedOutputStream(new Answer(Channels.newOutputStream(channel)), 1 << 16));
      if (in.readInt() == Frame.MAGIC && isSameVersion(in, out)) {
        perform(ControlRequest.read(in), in, out);
      }
    } catch (IOException e) {
      // Not a command, or one that has gone.
      log.debug("a connection of the command line ended", e);
    }
  }

  private static boolean isSameVersion(DataInputStream in, DataOutputStream out)
      throws IOException {
    boolean same = in.readUnsignedByte() == Frame.VERSION;
    Frame.greet(out);
    return same;
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
    var _ = Thread.ofVirtual().name("holdfast-control-watch").start(() -> watch(in));
    Frame end = Frame.FAILED;
    String text = "";
    boolean unknown = false;
    try {
      task.perform(place, request, Frame.output(out));
      end = Frame.DONE;
    } catch (IllegalArgumentException e) {
      end = Frame.REFUSED;
      text = String.valueOf(e.getMessage());
    } catch (HoldfastException e) {
      text = String.valueOf(e.getMessage());
      unknown = e.outcome() == Outcome.UNKNOWN;
    } catch (ControlException e) {
      text = String.valueOf(e.getMessage());
    } catch (UncheckedIOException e) {
      text = e.getMessage() + ": " + e.getCause();
    } catch (IOException | InterruptedException e) {
      text = e.toString();
    } catch (RuntimeException | Error e) {
      log.error("the task {} failed", request.task(), e);
      text = "this is a defect, please report it; the log of the node says more: " + e;
    }
    // What may have been done was not given up, whatever ended the wait for it.
    if (enter(Stage.ANSWERING) && end == Frame.FAILED && !unknown) {
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
        interrupt();
      }
    }
  }

  /** Interrupts the task; while it writes, when it has written. This is held. */
  private void interrupt() {
    if (writing) {
      interruptLater = true;
    } else {
      thread.interrupt();
    }
  }

  private synchronized void beginWrite() {
    writing = true;
    interruptLater = Thread.interrupted();
  }

  private synchronized void endWrite() {
    writing = false;
    if (interruptLater) {
      thread.interrupt();
    }
  }

  /** What goes to the command. An interrupt within a write would break the connection off. */
  private final class Answer extends OutputStream {
    private final OutputStream out;

    Answer(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      beginWrite();
      try {
        out.write(bytes, offset, length);
      } finally {
        endWrite();
      }
    }
  }
}
