// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A client's socket, as the object that accepted it sees it. Object thread only.
 *
 * <p>The connection belongs to the platform, not to the activation: the socket with its tags and
 * its attachment is still there after the object has slept, was reset, or runs new code. It is gone
 * when the connection is, or the node.
 *
 * <p>What is sent, a close and a new attachment wait, like all that leaves the object, until every
 * write to storage made before is durable, and keep their order. If that fails they never happened.
 *
 * <p>Handles of one socket are equal.
 */
public interface WebSocket {

  /** Names the socket: unique on its node as long as that runs. */
  String id();

  /** The tags that it was accepted with. Immutable. */
  Set<String> tags();

  /**
   * Sends a text message. Does not block: what the client does not take waits, up to 4 MiB (the
   * default of {@code socket-send-bytes}, to which each message adds 256 bytes); a client that lets
   * more wait is closed with 1008. To a client that is gone nothing is sent, which {@link
   * DurableObject#webSocketClose} tells.
   *
   * @throws IllegalStateException if the object has closed the socket
   * @throws LimitExceededException if the message alone is larger than that in UTF-8
   */
  void send(String text);

  /**
   * As {@link #send(String)}, a binary message.
   *
   * @param bytes not copied: do not change them afterwards
   */
  void send(byte[] bytes);

  /** Closes with code 1000 and no reason. */
  default void close() {
    close(1000, "");
  }

  /**
   * Closes the socket behind what was sent before; {@link DurableObject#webSocketClose} follows
   * when the connection has ended. Does nothing if the object has closed it before.
   *
   * @param code 1000, 1001 to 1003, 1007 to 1014, or 3000 to 4999
   * @param reason at most 123 bytes in UTF-8
   * @throws IllegalArgumentException if one of them is not
   */
  void close(int code, String reason);

  /** Whether messages can still be sent: nobody has closed it, as far as is known here. */
  boolean isOpen();

  /**
   * The attachment, copied.
   *
   * @throws IllegalStateException if it has none
   */
  <T> T attachment(Class<T> type);

  /** Whether it has an attachment. */
  boolean hasAttachment();

  /**
   * Replaces the attachment by a copy of {@code value}, which a value of {@link Storage} could be.
   *
   * @throws LimitExceededException if it takes more than 16 KiB encoded (the default of {@code
   *     socket-attachment-bytes})
   */
  void attach(Object value);

  /** When {@link WebSockets#autoResponse} last answered the client; empty if it never did. */
  Optional<Instant> autoRespondedAt();
}
