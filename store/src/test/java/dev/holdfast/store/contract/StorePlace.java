// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.Retention;
import java.io.IOException;
import java.time.InstantSource;

/** Where one store keeps its data, empty at first: a directory, a database, a heap. */
public interface StorePlace extends AutoCloseable {

  /**
   * Opens a store over what is there. The one that was opened before is closed, except where a test
   * is about two of them.
   */
  ObjectStore open(InstantSource clock, Retention retention) throws Exception;

  /** Removes what is there; the stores are closed. */
  @Override
  default void close() throws IOException {}
}
