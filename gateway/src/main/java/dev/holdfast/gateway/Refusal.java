// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

/**
 * An answer of the gateway's own: a status and a short text that names what was wrong and the limit
 * that was passed, if any. Without a stack trace, because clients cause it at will. Immutable.
 */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final boolean retryLater;

  Refusal(int status, String message) {
    this(status, message, false);
  }

  private Refusal(int status, String message, boolean retryLater) {
    super(message, null, false, false);
    this.status = status;
    this.retryLater = retryLater;
  }

  /**
   * A 503 that tells the client when to send the request again: where that applies nothing twice.
   */
  static Refusal retryLater(String message) {
    return new Refusal(503, message, true);
  }

  /** The status of the answer, 400 to 599. */
  int status() {
    return status;
  }

  /** Whether the client is at fault: what else it sends on the connection is not trusted. */
  boolean clientsFault() {
    return status != 500 && status != 503 && status != 504;
  }

  /** Whether the client is told when to send the request again. */
  boolean retryLater() {
    return retryLater;
  }

  /** The text of the answer. */
  String text() {
    return String.valueOf(getMessage());
  }
}
