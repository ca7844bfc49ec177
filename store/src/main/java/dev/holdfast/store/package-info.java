// SPDX-License-Identifier: Apache-2.0
/**
 * The contract between the engine and whatever keeps commits: an object's durable state is one
 * ordered map of entries with a history, and a commit is a set of puts and deletes on that map.
 *
 * <p>Read first: {@link dev.holdfast.store.ObjectStore}, then {@link dev.holdfast.store.Commit} and
 * {@link dev.holdfast.store.Generation}.
 *
 * <p>Threads: every method of a store may be called from any thread. Completions are reported from
 * the store's own thread, in the order in which commits of one object were submitted.
 *
 * <p>Invariants, held by the contract suite over every implementation: a confirmed commit is
 * durable; a group is applied wholly or not at all; the commits of one object are numbered without
 * gaps; nothing is committed through an opening or an epoch that is not the latest.
 *
 * <p>This package must not know how objects run: no gates, no turns, no codec. Values are bytes.
 */
@NullMarked
package dev.holdfast.store;

import org.jspecify.annotations.NullMarked;
