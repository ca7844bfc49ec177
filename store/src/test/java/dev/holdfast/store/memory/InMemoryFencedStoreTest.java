// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import dev.holdfast.store.contract.FencedStoreContract;
import dev.holdfast.store.contract.StorePlace;

class InMemoryFencedStoreTest extends FencedStoreContract {
  @Override
  protected StorePlace newSharedPlace() {
    InMemoryData data = new InMemoryData();
    return (clock, retention) -> new InMemoryStore(clock, retention, data);
  }
}
