// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The store between one opening of the database and the failure or close that ends it: one epoch.
 * Its failure is set once and stays.
 */
final class Session {
  final Database database;
  final BatchWriter writer;
  final long epoch;
  final Namespaces namespaces;
  final NewLives lives;

  final PruningRule pruningRule;

  final OpenObjects objects = new OpenObjects();
  final PruneGuard pruneGuard = new PruneGuard();
  final BatchBuilder builder;

  private volatile @Nullable StorageException failure;

  Session(
      Database database,
      BatchWriter writer,
      long epoch,
      Namespaces namespaces,
      NewLives lives,
      PruningRule pruningRule) {
    this.database = database;
    this.writer = writer;
    this.epoch = epoch;
    this.namespaces = namespaces;
    this.lives = lives;
    this.pruningRule = pruningRule;
    this.builder = new BatchBuilder(database, namespaces, lives, pruneGuard);
  }

  /** Why nothing can be written any more; null while all is well. */
  @Nullable StorageException failure() {
    return failure;
  }

  /** Ends the session; the first failure counts. */
  synchronized void fail(StorageException cause) {
    if (failure == null) {
      failure = cause;
    }
  }
}
