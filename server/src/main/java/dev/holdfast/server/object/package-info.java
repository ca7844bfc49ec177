// SPDX-License-Identifier: Apache-2.0
/**
 * What {@code holdfast object} can do to the objects of a node: the tasks behind its commands, the
 * same over a node that runs and over a store that the command has opened.
 *
 * <p>Read first: {@link dev.holdfast.server.object.ObjectTask}; then the task in question. What
 * they are asked with is in {@link dev.holdfast.server.object.Arguments}.
 *
 * <p>Threads: tasks are stateless and thread-safe; each performance has a thread.
 *
 * <p>Invariants: what only looks wakes no object and writes nothing but scratch files, which are
 * removed. Output is written as it comes about; only single entries and rows are held in memory.
 *
 * <p>This package must not know the command line.
 */
@NullMarked
package dev.holdfast.server.object;

import org.jspecify.annotations.NullMarked;
