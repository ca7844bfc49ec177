// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import dev.holdfast.engine.Engine;
import dev.holdfast.store.ObjectStore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a task works on: a data directory whose store is open. Thread-safe. */
public interface Workplace {

  /** The data directory. */
  Path data();

  /** The store in it. */
  ObjectStore store();

  /**
   * The engine that runs objects over the store now; null if none does, because the command line
   * opened the store for this task. Ask again for each use: new code means a new engine.
   */
  @Nullable Engine engine();
}
