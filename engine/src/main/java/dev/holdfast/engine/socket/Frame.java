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

  /** A text message; lone surrogates are replaced. */
  public static Frame of(String text) {
    return new Frame(true, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A binary message, not copied. */
  public static Frame of(byte[] bytes) {
    return new Frame(false, bytes);
  }
}
