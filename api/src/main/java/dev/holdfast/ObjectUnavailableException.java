// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import org.jspecify.annotations.Nullable;

/**
 * The object cannot be reached now: the node is starting or stopping, or the object's constructor
 * keeps failing.
 */
public final class ObjectUnavailableException extends HoldfastException {
  public ObjectUnavailableException(String message, @Nullable Throwable cause) {
    super(message, Outcome.NOT_APPLIED, true, cause);
  }
}
