// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

/**
 * A key, value, commit, message or count passed its limit; the message names the limit. Nothing was
 * written.
 */
public final class LimitExceededException extends HoldfastException {
  public LimitExceededException(String message) {
    super(message, Outcome.NOT_APPLIED, false, null);
  }
}
