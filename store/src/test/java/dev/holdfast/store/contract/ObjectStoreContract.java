// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import org.junit.jupiter.api.Nested;

/** What every implementation of the store contract passes, theme by theme. */
public abstract class ObjectStoreContract {

  /** A new, empty place for a store's data. */
  protected abstract StorePlace newPlace() throws Exception;

  @Nested
  class Commits extends CommitContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }
}
