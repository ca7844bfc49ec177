// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

/** A place whose writes can be made to fail. */
public interface FaultyPlace extends StorePlace {

  /**
   * The next write of the store that was opened last fails in a way that leaves open what became of
   * it.
   *
   * @param applied what becomes of it, where the place can choose: whether it is there afterwards
   */
  void failNextWrite(boolean applied);
}
