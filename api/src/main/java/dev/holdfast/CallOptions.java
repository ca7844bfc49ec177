// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.time.Duration;
import java.util.Objects;

/**
 * How calls through a stub are made. Immutable.
 *
 * @param timeout how long the caller waits, from the call to the answer; the deadline travels with
 *     the calls that the callee makes in turn
 */
public record CallOptions(Duration timeout) {
  public CallOptions {
    Objects.requireNonNull(timeout, "timeout");
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout " + timeout + " is not positive");
    }
  }

  /** Options with that timeout. */
  public static CallOptions timeout(Duration timeout) {
    return new CallOptions(timeout);
  }
}
