// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

/**
 * As of when an object is read.
 *
 * <p>The state at the end of a generation is that of the object's last commit in that generation or
 * before it: nothing before its first commit, the latest state after its last one. What a view
 * shows that is neither retained nor pinned is not defined, and need not be one moment.
 */
public sealed interface View {

  /** The latest committed state. */
  static View current() {
    return Current.INSTANCE;
  }

  /** The state at the end of a generation, if it is retained. */
  static View endOf(Generation generation) {
    return new EndOf(generation);
  }

  /** The latest committed state. */
  enum Current implements View {
    /** The only one. */
    INSTANCE
  }

  /**
   * The state at the end of a generation.
   *
   * @param generation which
   */
  record EndOf(Generation generation) implements View {}
}
