// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.store.contract.ObjectStoreContract;
import dev.holdfast.store.contract.StorePlace;
import java.io.IOException;

class RocksStoreContractTest extends ObjectStoreContract {
  @Override
  protected StorePlace newPlace() throws IOException {
    return new RocksPlace();
  }
}
