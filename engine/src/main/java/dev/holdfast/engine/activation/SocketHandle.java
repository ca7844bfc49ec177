// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.WebSocket;
import dev.holdfast.engine.socket.Socket;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A socket as object code sees it.
 *
 * @param sockets of its activation
 */
record SocketHandle(ActivationSockets sockets, Socket socket) implements WebSocket {

  @Override
  public String id() {
    return socket.id();
  }

  @Override
  public Set<String> tags() {
    return socket.tags();
  }

  @Override
  public void send(String text) {
    sockets.send(socket, text);
  }

  @Override
  public void send(byte[] bytes) {
    sockets.send(socket, bytes);
  }

  @Override
  public void close(int code, String reason) {
    sockets.close(socket, code, reason);
  }

  @Override
  public boolean isOpen() {
    sockets.checkThread();
    return socket.isOpen();
  }

  @Override
  public <T> T attachment(Class<T> type) {
    return sockets.attachment(socket, type);
  }

  @Override
  public boolean hasAttachment() {
    sockets.checkThread();
    return socket.attachment() != null;
  }

  @Override
  public void attach(Object value) {
    sockets.attach(socket, value);
  }

  @Override
  public Optional<Instant> autoRespondedAt() {
    return socket.autoRespondedAt();
  }

  @Override
  public String toString() {
    return socket.toString();
  }
}
