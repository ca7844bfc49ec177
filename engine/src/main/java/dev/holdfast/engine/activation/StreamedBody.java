// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Body;

/** A body whose bytes come as they are read, once, by code of an object or by its caller. */
sealed interface StreamedBody extends Body permits BodyPipe, OutsideBody {

  /** Whether its bytes were asked for: it cannot be sent a second time. */
  boolean opened();

  /** Whether nothing of it can be read any more. */
  boolean over();

  /**
   * Nobody reads it any more: a read from now on fails, and whoever writes it is told. Any thread;
   * does not block.
   */
  void close(String why);
}
