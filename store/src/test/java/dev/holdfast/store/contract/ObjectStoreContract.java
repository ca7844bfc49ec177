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

  @Nested
  class Fence extends FenceContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class Groups extends GroupContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class Opening extends OpenContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class Scans extends ScanContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class Clear extends ClearContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class History extends HistoryContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class Changes extends ChangesContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class Pruning extends PruneContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class Alarms extends AlarmContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class TheDirectory extends DirectoryContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class Secrets extends SecretContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class Closing extends CloseContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class ConcurrentReads extends ConcurrentReadContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class RandomHistories extends RandomHistoryContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class Deletion extends DeleteContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class Renaming extends RenameContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }

  @Nested
  class Sizes extends SizeContract {
    @Override
    StorePlace newPlace() throws Exception {
      return ObjectStoreContract.this.newPlace();
    }
  }
}
