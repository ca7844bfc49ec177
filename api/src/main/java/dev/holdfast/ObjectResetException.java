// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import org.jspecify.annotations.Nullable;

/**
 * The activation was discarded before it could answer: aborted, broken by an error or a failed
 * commit, or stopped at the wall limit. The next call reaches a new activation, which starts from
 * the last durable state.
 */
public final class ObjectResetException extends HoldfastException {
  public ObjectResetException(String message, Outcome outcome, @Nullable Throwable cause) {
    super(message, outcome, true, cause);
  }
}
