// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.socket;

/**
 * The connection behind a socket, as its owner gives it to the engine. Thread-safe; no method
 * blocks, throws, or calls back on the same thread. What is sent keeps its order. After the end of
 * the connection nothing has an effect.
 */
public interface SocketConnection {

  /** Sends a message. The owner bounds what waits for the client. */
  void send(Frame message);

  /** Closes behind what was sent before. The owner then tells {@link Socket#ended}. */
  void close(int code, String reason);

  /** Reads nothing more from the client until {@link #resume}; what is read already may come. */
  void pause();

  /** Reads on. */
  void resume();
}
