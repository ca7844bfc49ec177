// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Body;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** A short body while it arrives: most come in one piece, which is not copied. Event loop only. */
final class GatheredBody {
  private @Nullable Buffer first;
  private @Nullable Buffer all;

  void add(Buffer piece) {
    if (first == null) {
      first = piece;
    } else if (all == null) {
      all = Buffer.buffer().appendBuffer(first).appendBuffer(piece);
    } else {
      all.appendBuffer(piece);
    }
  }

  /** What has arrived. */
  Body body() {
    if (all != null) {
      return Body.of(all.getBytes());
    }
    return first == null ? Body.empty() : Body.of(Pieces.bytes(first));
  }
}
