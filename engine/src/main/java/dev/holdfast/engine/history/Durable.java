// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.StorageException;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.ObjectStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Commits, and waits until that is durable. */
final class Durable {
  private Durable() {}

  /**
   * Commits.
   *
   * @throws StorageException if the store fails or refuses it
   */
  static void commit(ObjectStore store, Commit commit) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    store.submit(
        CommitGroup.of(commit),
        failure -> {
          if (failure == null) {
            done.complete(null);
          } else {
            done.completeExceptionally(failure);
          }
        });
    try {
      done.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StorageException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
