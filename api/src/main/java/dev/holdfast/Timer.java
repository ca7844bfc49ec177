// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

/** A pending action of {@link ObjectContext#schedule}. Object thread only. */
public interface Timer {

  /**
   * Forgets the action.
   *
   * @return false if it already ran, is running, or was cancelled before
   */
  boolean cancel();
}
