// SPDX-License-Identifier: Apache-2.0
/**
 * The part of a node that runs objects: one activation for each, one thing at a time, nothing let
 * out before it is durable.
 *
 * <p>Read first: {@link dev.holdfast.engine.Engine}. Then, from the outside in: {@code call} (stubs
 * and namespaces), {@code activation} (events and the life of an activation), {@code gate} (what
 * may enter and leave), {@code state} (what object code reads and writes), {@code codec} (values as
 * bytes).
 *
 * <p>Threads: an engine may be used from any thread. Object code runs on virtual threads.
 *
 * <p>This module must not know HTTP servers, clusters, or which store keeps the commits.
 */
@NullMarked
package dev.holdfast.engine;

import org.jspecify.annotations.NullMarked;
