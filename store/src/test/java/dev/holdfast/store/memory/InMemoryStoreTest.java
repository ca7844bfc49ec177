// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import dev.holdfast.store.contract.ObjectStoreContract;
import dev.holdfast.store.contract.StorePlace;

class InMemoryStoreTest extends ObjectStoreContract {
  @Override
  protected StorePlace newPlace() {
    InMemoryData data = new InMemoryData();
    return (clock, retention) -> new InMemoryStore(clock, retention, data);
  }
}
