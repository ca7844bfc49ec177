// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A connection of a command to the node that has a data directory. For one thread. */
public final class ControlClient implements AutoCloseable {
  private static final int HELLO_MILLIS = 5_000;

  private final Path data;
  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  private ControlClient(Path data, Socket socket) throws IOException {
    this.data = data;
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
  }

  /**
   * Connects to the node of a data directory.
   *
   * @return empty if none can be found there
   * @throws ControlException if that node is of a version that this command cannot talk to
   * @throws IOException if the file that leads to it cannot be read
   */
  public static Optional<ControlClient> connect(Path data) throws IOException {
    ControlFile file = ControlFile.read(data);
    return file == null ? Optional.empty() : Optional.ofNullable(connect(data, file));
  }

  private static @Nullable ControlClient connect(Path data, ControlFile file) {
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), file.port()), HELLO_MILLIS);
      socket.setSoTimeout(HELLO_MILLIS);
      ControlClient client = new ControlClient(data, socket);
      if (client.isWelcome(file.token())) {
        socket.setSoTimeout(0);
        return client;
      }
    } catch (IOException e) {
      // The file was left by a node that is gone, and at its port is nobody or somebody else.
    }
    closeQuietly(socket);
    return null;
  }

  private boolean isWelcome(String token) throws IOException {
    out.writeInt(Frame.MAGIC);
    out.writeByte(Frame.VERSION);
    out.writeUTF(token);
    out.flush();
    if (in.readInt() != Frame.MAGIC) {
      return false;
    }
    int version = in.readUnsignedByte();
    if (version != Frame.VERSION) {
      closeQuietly(socket);
      throw new ControlException(
          "the node in %s speaks version %d of the protocol for commands, this command version %d;"
                  .formatted(data, version, Frame.VERSION)
              + " use the command of the version that runs there");
    }
    return in.readBoolean();
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing was asked of it.
    }
  }

  /**
   * Has the node perform a task. Once only.
   *
   * @param output gets what the task writes
   * @throws IllegalArgumentException if the node refused the request
   * @throws ControlException if the task was not done, or it is unknown whether it was
   * @throws IOException if {@code output} fails
   */
  public void perform(ControlRequest request, OutputStream output) throws IOException {
    try {
      request.write(out);
      out.flush();
    } catch (SocketException e) {
      // The node has ended the conversation already: why is what comes in.
    }
    while (true) {
      byte[] content;
      Frame kind;
      try {
        kind = Frame.readKind(in);
        content = Frame.readContent(in);
      } catch (EOFException | SocketException e) {
        throw new ControlException(
            "the node in %s ended while it was at the task %s; whether it was done is unknown: look,"
                    .formatted(data, request.task())
                + " and retry");
      }
      switch (kind) {
        case OUTPUT -> output.write(content);
        case DONE -> {
          return;
        }
        case REFUSED ->
            throw new IllegalArgumentException(new String(content, StandardCharsets.UTF_8));
        case FAILED -> throw new ControlException(new String(content, StandardCharsets.UTF_8));
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
