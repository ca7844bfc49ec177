// SPDX-License-Identifier: Apache-2.0
/**
 * A store that keeps everything in memory: the reference implementation of the contract, for tests
 * and for runs that need no durability.
 *
 * <p>Read first: {@link dev.holdfast.store.memory.InMemoryStore}, a handle over {@link
 * dev.holdfast.store.memory.InMemoryData}, which outlives it as a disk would. A test drives it
 * through its {@link dev.holdfast.store.memory.CommitGate} and {@link
 * dev.holdfast.store.memory.Faults}.
 *
 * <p>Threads: one lock, that of the data, guards all state, also that of every handle over it. It
 * is never held while a listener runs. Each handle has one thread that applies groups in the order
 * of their submission and tells their listeners.
 *
 * <p>Invariants: whether an opening is the latest is judged when a group is submitted; epoch, seq
 * and generation when it is applied; a group is checked as a whole before anything of it is
 * applied.
 *
 * <p>This package must not know anything but the contract.
 */
@NullMarked
package dev.holdfast.store.memory;

import org.jspecify.annotations.NullMarked;
