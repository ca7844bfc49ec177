// SPDX-License-Identifier: Apache-2.0
/**
 * The embedded store: the store contract on RocksDB, in one data directory, for one process.
 *
 * <p>Read first: {@link dev.holdfast.store.rocksdb.RocksStore}; then {@code Keys}, where everything
 * lies; {@code Committer} and {@code BatchBuilder}, how a commit gets there; {@code Recovery} and
 * {@code Inspection}, what happens when the store is opened. {@code Backups} and {@code
 * Restoration}, how it is copied and brought back. {@code docs/decisions/0010} to {@code 0013} say
 * why.
 *
 * <p>Threads: any thread reads and submits. The committer is the only one that writes to the
 * database. The housekeeper syncs the safeguards each second; the verifier reads data files through
 * after the start. Whoever finds the store broken opens it again, one at a time. A backup is taken
 * by its caller's thread, beside all that.
 *
 * <p>Invariants: a listener is told of success only after the batch is synced and the mark file
 * names it. A failed write or sync ends the session for good, and the next one has a new epoch.
 * Native memory is used only between {@code enter} and {@code exit} of a {@code Database}. RocksDB
 * deletes a file only after the manifest that no longer needs it is on disk twice. Nothing is
 * changed in a damaged directory unless the loss was accepted.
 *
 * <p>This package must not know the engine, nor what the bytes of a value mean.
 */
@NullMarked
package dev.holdfast.store.rocksdb;

import org.jspecify.annotations.NullMarked;
