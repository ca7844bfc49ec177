// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.socket;

import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;

/**
 * Brings what happens on sockets to the objects of a namespace, waking them. Thread-safe; nothing
 * blocks. How it went is told with {@link Inbox#taken} or {@link Inbox#again}, once for each.
 */
public interface SocketEvents {

  /** Brings a message. */
  void message(Socket socket, WebSocketMessage message);

  /** Tells that the socket has ended. */
  void closed(Socket socket, WebSocketClose close);
}
