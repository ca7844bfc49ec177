// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.socket;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What an object sends to a client that is not connected yet, bounded. Guarded by its socket. */
final class EarlyOutputs {
  private final long boundBytes;
  private final ArrayDeque<Frame> messages = new ArrayDeque<>();
  private long cost;
  private @Nullable Close close;

  private record Close(int code, String reason) {}

  EarlyOutputs(long boundBytes) {
    this.boundBytes = boundBytes;
  }

  void add(Frame message) {
    if (close != null) {
      return;
    }
    if (!message.fitsBehind(cost, boundBytes)) {
      messages.clear();
      close(
          1008,
          "more than %d bytes waited for the connection (limits.socket-send-bytes)"
              .formatted(boundBytes));
    } else {
      messages.add(message);
      cost += message.cost();
    }
  }

  void close(int code, String reason) {
    if (close == null) {
      close = new Close(code, reason);
    }
  }

  void flush(SocketConnection to) {
    messages.forEach(to::send);
    if (close != null) {
      to.close(close.code, close.reason);
    }
  }
}
