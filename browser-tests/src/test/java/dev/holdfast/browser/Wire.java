// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.browser;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to a server that can be cut: a port that passes connections on, and bytes in both
 * directions, as long as it is told to. Thread-safe.
 */
final class Wire implements AutoCloseable {
  private static final String UPGRADE = "Sec-WebSocket-Key:";

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  /** Of the sockets to the server those that carry WebSocket. */
  private final Set<Socket> upgraded = ConcurrentHashMap.newKeySet();

  private volatile boolean cut;

  /** Those of them of which the client hears nothing any more. */
  private volatile Set<Socket> unheard = Set.of();

  Wire(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    var _ = Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Ends all connections, and every new one at once. */
  void cut() {
    cut = true;
    sockets.forEach(Wire::close);
  }

  /** Lets connections pass again. */
  void mend() {
    cut = false;
  }

  /**
   * On the WebSocket connections that are open now nothing more comes back, though they stay open.
   * All others work.
   */
  void silence() {
    unheard = Set.copyOf(upgraded);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        sockets.add(client);
        if (cut) {
          close(client);
        } else {
          connect(client);
        }
      } catch (IOException e) {
        // The listener was closed, or the server is not there: the client is told.
        if (listener.isClosed()) {
          return;
        }
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket server = new Socket();
    sockets.add(server);
    try {
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
    } catch (IOException e) {
      close(client);
      throw e;
    }
    if (cut) { // which may have come before the server's socket was known
      close(client);
      close(server);
    }
    var _ = Thread.ofVirtual().start(() -> pass(client, server));
    var _ = Thread.ofVirtual().start(() -> pass(server, client));
  }

  private void pass(Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        if (new String(buffer, 0, count, StandardCharsets.ISO_8859_1).contains(UPGRADE)) {
          upgraded.add(to);
        }
        if (!unheard.contains(from)) {
          out.write(buffer, 0, count);
        }
      }
    } catch (IOException e) {
      // Ended by either side, or cut.
    }
    close(from);
    close(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }
}
