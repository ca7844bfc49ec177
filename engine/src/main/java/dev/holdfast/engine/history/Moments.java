// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.store.Generation;

/** The generations of an object's commits. Object thread only. */
public interface Moments {

  /**
   * The generation of the last commit that changed anything; {@link Generation#NONE} if none did.
   *
   * @throws dev.holdfast.StorageException if the store cannot be read
   */
  Generation last();

  /** From now on commits belong to later generations than that. */
  void endOf(Generation generation);

  /**
   * A generation to which no commit belongs and none will; from now on they belong to later ones.
   */
  Generation skip();
}
