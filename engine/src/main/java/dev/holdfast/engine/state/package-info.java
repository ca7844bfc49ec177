// SPDX-License-Identifier: Apache-2.0
/**
 * The state of one activation as its code sees it: what this turn wrote, over what is cached, over
 * what is stored.
 *
 * <p>Read first: {@link dev.holdfast.engine.state.ObjectState}, then {@link
 * dev.holdfast.engine.state.KeyValueStorage}.
 *
 * <p>Threads: everything but {@link dev.holdfast.engine.state.CacheBudget} is for the object thread
 * only, that is, for whoever holds the activation's baton.
 *
 * <p>Invariants: a read sees the last write of the same object, durable or not; an entry that is
 * not durable yet never leaves the cache; a turn's writes become one commit or are dropped.
 *
 * <p>This package must not know about gates, events or calls, except that outputs are issued within
 * a savepoint and fall with it.
 */
@NullMarked
package dev.holdfast.engine.state;

import org.jspecify.annotations.NullMarked;
