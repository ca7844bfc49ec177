// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

/** No answer came before the call's deadline. */
public final class CallTimeoutException extends HoldfastException {
  public CallTimeoutException(String message, Outcome outcome) {
    super(message, outcome, true, null);
  }
}
