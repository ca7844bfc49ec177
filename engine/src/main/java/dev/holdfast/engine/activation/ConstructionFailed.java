// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

/**
 * An object could not be brought to life: what ends the activation and what the event fails with.
 */
final class ConstructionFailed extends Exception {
  private static final long serialVersionUID = 1L;

  private final Throwable answer;

  ConstructionFailed(Throwable reason, Throwable answer) {
    super(reason.getMessage(), reason, false, false);
    this.answer = answer;
  }

  Throwable reason() {
    Throwable cause = getCause();
    return cause == null ? this : cause;
  }

  Throwable answer() {
    return answer;
  }
}
