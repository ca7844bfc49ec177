// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.Retention;
import dev.holdfast.store.contract.ObjectStoreContract;
import dev.holdfast.store.contract.StorePlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

class RocksStoreContractTest extends ObjectStoreContract {
  @Override
  protected StorePlace newPlace() throws IOException {
    Path directory = Files.createTempDirectory("rocks-store");
    return new StorePlace() {
      @Override
      public ObjectStore open(InstantSource clock, Retention retention) {
        return RocksStore.open(
            directory, RocksStoreOptions.defaults().withClock(clock).withRetention(retention));
      }

      @Override
      public void close() throws IOException {
        Folders.delete(directory);
      }
    };
  }
}
