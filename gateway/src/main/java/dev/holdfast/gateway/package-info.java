// SPDX-License-Identifier: Apache-2.0
/**
 * The edge of a node: owns the client connections, speaks HTTP to them and runs the worker.
 *
 * <p>Read first: {@link dev.holdfast.gateway.Gateway}, then {@code ClientConnection}, {@code
 * Exchange}, which is the life of one request, and {@code WorkerRun}.
 *
 * <p>Threads: event-loop threads move bytes and never run user code nor block. Each request runs
 * the worker on a virtual thread of its own, which may block in the worker, in a read of the
 * request's body and in a write of the response's.
 *
 * <p>Invariants: a request is answered at most once, by whoever claims its {@code Exchange} first;
 * a response that could not be sent whole ends in a reset connection; whatever a client sends or
 * fails to read is bounded by {@link dev.holdfast.gateway.GatewayLimits} in bytes and by {@link
 * dev.holdfast.gateway.GatewayTimeouts} in time.
 *
 * <p>This package must not know the store, nor how a cluster places objects.
 */
@NullMarked
package dev.holdfast.gateway;

import org.jspecify.annotations.NullMarked;
