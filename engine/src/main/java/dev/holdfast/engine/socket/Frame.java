// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.socket;

import java.nio.charset.StandardCharsets;

/**
 * A message to a client, encoded once however many clients get it. Immutable.
 *
 * @param text whether it is a text message
 * @param bytes the payload, text in UTF-8; never changed
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Frame(boolean text, byte[] bytes) {
  /** What a message takes in memory beside its payload while it waits, empty or not. */
  private static final int OVERHEAD_BYTES = 256;

  /** A text message; lone surrogates are replaced. */
  public static Frame of(String text) {
    return new Frame(true, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A binary message, not copied. */
  public static Frame of(byte[] bytes) {
    return new Frame(false, bytes);
  }

  /**
   * What it counts for in {@code limits.socket-send-bytes} while it waits for a client: its
   * payload, and 256 bytes.
   */
  public long cost() {
    return (long) bytes.length + OVERHEAD_BYTES;
  }

  /**
   * Whether it may wait for a client too. Where nothing waits, a payload within the bound does.
   *
   * @param waiting the cost of all that waits before it
   * @param boundBytes {@code limits.socket-send-bytes}
   */
  public boolean fitsBehind(long waiting, long boundBytes) {
    return waiting + bytes.length <= boundBytes;
  }
}
