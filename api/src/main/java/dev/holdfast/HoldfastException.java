// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A failure of the platform, as opposed to an exception that object code threw. It says whether the
 * call was applied and whether a retry is safe and sensible.
 *
 * <p>Before a caller sees one, the platform has tried again, five times in all and within the
 * deadline, what it may: a call that had not begun when its object was reset, and one of which the
 * store refused or dropped every commit. It does not try again a call that was refused because of
 * overload, nor one that had begun when its object was reset for another reason, see {@link
 * ObjectResetException}.
 */
public abstract class HoldfastException extends RuntimeException {
  private final Outcome outcome;
  private final boolean retryable;

  protected HoldfastException(
      String message, Outcome outcome, boolean retryable, @Nullable Throwable cause) {
    super(message, cause);
    this.outcome = Objects.requireNonNull(outcome, "outcome");
    this.retryable = retryable;
  }

  /** What is known about the effect of the call. */
  public final Outcome outcome() {
    return outcome;
  }

  /**
   * Whether the same call may succeed later. With {@link Outcome#UNKNOWN} only a call that may be
   * applied twice should be repeated.
   */
  public final boolean retryable() {
    return retryable;
  }
}
