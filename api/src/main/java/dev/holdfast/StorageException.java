// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import org.jspecify.annotations.Nullable;

/** The store refused or failed a read or a commit. */
public final class StorageException extends HoldfastException {
  public StorageException(
      String message, Outcome outcome, boolean retryable, @Nullable Throwable cause) {
    super(message, outcome, retryable, cause);
  }
}
