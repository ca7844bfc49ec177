// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.Retention;
import dev.holdfast.store.contract.BrokenStoreContract;
import dev.holdfast.store.contract.FaultyPlace;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

class InMemoryBrokenStoreTest extends BrokenStoreContract {
  @Override
  protected FaultyPlace newFaultyPlace() {
    return new InMemoryPlace();
  }

  private static final class InMemoryPlace implements FaultyPlace {
    private final InMemoryData data = new InMemoryData();
    private @Nullable InMemoryStore store;

    @Override
    public ObjectStore open(InstantSource clock, Retention retention) {
      store = new InMemoryStore(clock, retention, data);
      return store;
    }

    @Override
    public void failNextWrite(boolean applied) {
      Objects.requireNonNull(store)
          .faults()
          .failNextCommit(applied ? CommitFault.UNKNOWN_APPLIED : CommitFault.UNKNOWN_NOT_APPLIED);
    }
  }
}
