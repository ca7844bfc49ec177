// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.Objects;

/** A message that a client sent, whole. Immutable. */
public sealed interface WebSocketMessage {

  /**
   * The text.
   *
   * @throws IllegalStateException if the message is binary
   */
  default String text() {
    throw new IllegalStateException(
        "the client sent a binary message, where text was expected; ask for bytes()");
  }

  /**
   * The bytes, not a copy: do not change them.
   *
   * @throws IllegalStateException if the message is text
   */
  default byte[] bytes() {
    throw new IllegalStateException(
        "the client sent a text message, where bytes were expected; ask for text()");
  }

  /** A message of characters. */
  record Text(String text) implements WebSocketMessage {
    public Text {
      Objects.requireNonNull(text, "text");
    }
  }

  /** A message of bytes. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Binary(byte[] bytes) implements WebSocketMessage {
    public Binary {
      Objects.requireNonNull(bytes, "bytes");
    }
  }
}
