// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import dev.holdfast.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Learns what became of a group. Called once, on the store's thread, and only if the store is
 * closed already on the thread that submits. It must neither block nor throw.
 */
@FunctionalInterface
public interface CommitListener {

  /**
   * The group is durable, or it failed.
   *
   * @param failure null if it is durable; else why not: {@code NOT_APPLIED} if it was refused or
   *     never tried, {@code UNKNOWN} if it may or may not be there when the object is opened again
   */
  void completed(@Nullable StorageException failure);
}
