// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A connection of a command to the node that has a data directory. For one thread. */
public final class ControlClient implements AutoCloseable {
  private static final int HELLO_MILLIS = 5_000;

  private final Path data;
  private final SocketChannel channel;
  private final DataInputStream in;
  private final DataOutputStream out;

  private ControlClient(Path data, SocketChannel channel) {
    this.data = data;
    this.channel = channel;
    this.in =
        new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16));
    this.out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
  }

  /**
   * Connects to the node of a data directory.
   *
   * @return empty if none answers there, or this user may not reach it
   * @throws ControlException if that node is of a version that this command cannot talk to
   * @throws IOException if this process can open no socket
   */
  public static Optional<ControlClient> connect(Path data) throws IOException {
    ControlSocket socket = ControlSocket.of(data);
    if (!Files.exists(socket.path())) {
      return Optional.empty();
    }
    ControlClient client = new ControlClient(data, SocketChannel.open(StandardProtocolFamily.UNIX));
    // Also a connect waits, for a node that is stopped and has others in its queue.
    CompletableFuture<Void> late =
        CompletableFuture.runAsync(
            client::closeQuietly,
            CompletableFuture.delayedExecutor(HELLO_MILLIS, TimeUnit.MILLISECONDS));
    try {
      socket.connect(client.channel);
      client.greet();
      return Optional.of(client);
    } catch (IOException e) {
      // It was left by a node that is gone, or is not for this user, or nobody answers.
      client.closeQuietly();
      return Optional.empty();
    } finally {
      late.cancel(false);
    }
  }

  private void greet() throws IOException {
    try {
      Frame.greet(out);
    } catch (IOException e) {
      // The node has turned this one away already: why is what comes in.
    }
    if (in.readInt() != Frame.MAGIC) {
      throw new IOException("who answers is no node");
    }
    int version = in.readUnsignedByte();
    if (version != Frame.VERSION) {
      closeQuietly();
      throw new ControlException(
          "the node in %s speaks version %d of the protocol for commands, this command version %d;"
                  .formatted(data, version, Frame.VERSION)
              + " use the command of the version that runs there");
    }
  }

  private void closeQuietly() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was asked of it.
    }
  }

  /**
   * Has the node perform a task. Once only. An interrupt ends the wait, and tells the node to give
   * the task up, which it may be too late for.
   *
   * @param output gets what the task writes
   * @throws IllegalArgumentException if the node refused the request
   * @throws NodeBusyException if the node has too much to do now
   * @throws ControlException if the task was not done, or it is unknown whether it was
   * @throws IOException if {@code output} fails
   */
  public void perform(ControlRequest request, OutputStream output) throws IOException {
    try {
      request.write(out);
      out.flush();
    } catch (IOException e) {
      // The node has ended the conversation already: why is what comes in.
    }
    while (true) {
      byte[] content;
      Frame kind;
      try {
        kind = Frame.readKind(in);
        content = Frame.readContent(in);
      } catch (IOException e) {
        throw new ControlException(
            Thread.currentThread().isInterrupted()
                ? "stopped while the node in %s was at the task %s; whether it is done is unknown: look"
                    .formatted(data, request.task())
                : "the node in %s ended while it was at the task %s; whether it was done is unknown: look, and retry"
                    .formatted(data, request.task()));
      }
      switch (kind) {
        case OUTPUT -> output.write(content);
        case DONE -> {
          return;
        }
        case REFUSED ->
            throw new IllegalArgumentException(new String(content, StandardCharsets.UTF_8));
        case BUSY -> throw new NodeBusyException(new String(content, StandardCharsets.UTF_8));
        case FAILED -> throw new ControlException(new String(content, StandardCharsets.UTF_8));
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
