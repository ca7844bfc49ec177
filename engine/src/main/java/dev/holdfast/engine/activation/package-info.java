// SPDX-License-Identifier: Apache-2.0
/**
 * Activations: the live instances of objects, the events that enter them, and how they come and go.
 *
 * <p>Read first: {@link dev.holdfast.engine.activation.Activation}, then {@link
 * dev.holdfast.engine.activation.Event}; {@link dev.holdfast.engine.activation.Arrival} and {@link
 * dev.holdfast.engine.activation.Execution}, which are the path of every call; {@link
 * dev.holdfast.engine.activation.Construction}, {@link dev.holdfast.engine.activation.Suspensions}
 * and {@link dev.holdfast.engine.activation.Ending} are what may happen to an activation beside.
 *
 * <p>Threads: an event runs on a virtual thread of its own or on the thread of the worker that
 * called; events are brought by any thread; the store's thread reports commits; the node's timer
 * sweeps. Only the thread that runs the event holding the baton touches the state of an activation.
 *
 * <p>Invariants: at most one activation of an object takes events; what broke or went to sleep
 * takes none; events that had not started go, in order, to the next activation; every event is
 * answered exactly once.
 *
 * <p>This package must not know HTTP servers, networks, or how commits are stored.
 */
@NullMarked
package dev.holdfast.engine.activation;

import org.jspecify.annotations.NullMarked;
