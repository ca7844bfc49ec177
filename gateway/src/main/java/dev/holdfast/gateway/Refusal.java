// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

/**
 * An answer of the gateway's own: a status and a short text that names what was wrong and the limit
 * that was passed, if any. Without a stack trace, because clients cause it at will. Immutable.
 */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;

  Refusal(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  /** The status of the answer, 400 to 599. */
  int status() {
    return status;
  }

  /** Whether the client is at fault: what else it sends on the connection is not trusted. */
  boolean clientsFault() {
    return status != 500 && status != 503 && status != 504;
  }

  /** The text of the answer. */
  String text() {
    return String.valueOf(getMessage());
  }
}
