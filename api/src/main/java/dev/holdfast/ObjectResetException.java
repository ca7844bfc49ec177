// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import org.jspecify.annotations.Nullable;

/**
 * The activation was discarded before it could answer: aborted, broken by an error or a failed
 * commit, or stopped at the wall limit. The next call reaches a new activation, which starts from
 * the last durable state.
 *
 * <p>Calls that had not begun do not get this: they go on to the next activation, in order. One
 * that had begun is not tried again by the platform, even if {@link #outcome()} is {@link
 * Outcome#NOT_APPLIED}: that tells of its writes, calls and answers, not of what its code may have
 * done by other ways, and the call may be what the object breaks at. The caller may repeat it if
 * that is harmless.
 *
 * <p>A thread outside of the object that waits for the future of a call which the object had made
 * gets this too, with {@link Outcome#UNKNOWN}: the answer does not enter the object any more.
 */
public final class ObjectResetException extends HoldfastException {
  public ObjectResetException(String message, Outcome outcome, @Nullable Throwable cause) {
    super(message, outcome, true, cause);
  }
}
