// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.socket;

import java.time.Duration;

/**
 * Limits on sockets. Immutable. Those that can be configured have the name of their key in {@code
 * [limits]}: {@code perObject} is {@code limits.sockets-per-object}, all others begin with {@code
 * limits.socket-}.
 *
 * <p>What waits is bounded for each socket by itself, and for all together by their number alone. A
 * client that takes nothing holds {@code sendBytes} at most as messages and once more as the bytes
 * of them that are on their way; one whose object takes nothing, {@code receiveBytes}, and the
 * message that passed it. Of a message to many all sockets share the payload.
 *
 * @param perObject how many sockets an object may have
 * @param attachmentBytes how large an attachment may be, encoded
 * @param receiveBytes how many bytes of messages may wait for their object, until nothing more is
 *     read from the client; each counts for 64 more than its payload, of which a text counts in
 *     characters
 * @param sendBytes how many bytes may wait for the client, until it is closed; each message that
 *     waits counts for 256 more than its payload. None may be larger
 * @param openWithin how long the response that opens a socket may be on its way
 */
public record SocketLimits(
    int perObject, int attachmentBytes, int receiveBytes, int sendBytes, Duration openWithin) {
  /** 32,768 sockets, 16 KiB, 256 KiB, 4 MiB, 30 s. */
  public static final SocketLimits DEFAULT =
      new SocketLimits(32_768, 16 << 10, 256 << 10, 4 << 20, Duration.ofSeconds(30));
}
