// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.store.contract.BrokenStoreContract;
import dev.holdfast.store.contract.FaultyPlace;
import java.io.IOException;

class BrokenRocksStoreTest extends BrokenStoreContract {
  @Override
  protected FaultyPlace newFaultyPlace() throws IOException {
    return new RocksPlace();
  }
}
