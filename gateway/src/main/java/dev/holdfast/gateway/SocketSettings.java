// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the sockets of a gateway share. Thread-safe.
 *
 * @param sendBytes how many bytes may wait for a client
 * @param pingNanos after how long of silence a client is asked whether it is there
 * @param open all that are open
 */
record SocketSettings(long sendBytes, long pingNanos, Set<ClientSocket> open) {

  SocketSettings(long sendBytes, long pingNanos) {
    this(sendBytes, pingNanos, ConcurrentHashMap.newKeySet());
  }
}
