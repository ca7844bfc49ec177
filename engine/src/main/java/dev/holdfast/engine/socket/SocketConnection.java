// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.socket;

/**
 * The connection behind a socket, as its owner gives it to the engine. Thread-safe; no method
 * blocks, throws, or calls the socket before it returns. What is sent keeps its order. After the
 * end of the connection nothing has an effect.
 */
public interface SocketConnection {

  /** Sends a message. The owner bounds what waits for the client. */
  void send(Frame message);

  /** Closes behind what was sent before. The owner then tells {@link Socket#ended}. */
  void close(int code, String reason);

  /**
   * Whether more may be read from the client has changed, perhaps: soon after this call the owner
   * asks {@link Socket#takesMore} on its own thread, and goes by that. It asks anew for each call
   * or once for several, but never before the last. So it does not matter in which order calls
   * arrive. What is read already may come.
   */
  void flowChanged();
}
