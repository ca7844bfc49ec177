// SPDX-License-Identifier: Apache-2.0
/**
 * The tests that every implementation of the store contract passes.
 *
 * <p>Read first: {@link dev.holdfast.store.contract.ObjectStoreContract}. An implementation extends
 * it, and says with a {@link dev.holdfast.store.contract.StorePlace} where a store keeps its data.
 * One that can make its writes fail also extends {@link
 * dev.holdfast.store.contract.BrokenStoreContract}, one whose data can be taken by a second handle
 * while the first lives {@link dev.holdfast.store.contract.FencedStoreContract}.
 *
 * <p>Each theme is a class of its own. Random tests print the seed that replays them.
 *
 * <p>This package must not know any implementation: it sees what the engine can see.
 */
@NullMarked
package dev.holdfast.store.contract;

import org.jspecify.annotations.NullMarked;
