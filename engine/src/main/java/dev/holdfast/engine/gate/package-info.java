// SPDX-License-Identifier: Apache-2.0
/**
 * The two gates of an activation: what may enter it, and what may leave it.
 *
 * <p>Read first: {@link dev.holdfast.engine.gate.EntryGate}, then {@link
 * dev.holdfast.engine.gate.OutputGate}.
 *
 * <p>Threads: the entry gate is called by the threads that bring events and by those that run them;
 * the output gate also by the store's thread, which must never be blocked. No lock of this package
 * is held while foreign code runs.
 *
 * <p>Invariants: at most one entrant holds the baton; an output leaves only after every commit that
 * was sealed before it is durable, in the order of issue; what breaks stays broken.
 *
 * <p>This package must not know what events do, nor how commits are stored.
 */
@NullMarked
package dev.holdfast.engine.gate;

import org.jspecify.annotations.NullMarked;
