// SPDX-License-Identifier: Apache-2.0
/**
 * How the command line reaches a node that runs: what is done to its data is done by the node
 * itself, because no other process can open its store.
 *
 * <p>Read first: {@link dev.holdfast.server.control.ControlTask}, which is what there is to do;
 * then {@link dev.holdfast.server.control.ControlServer}. A new task is a class that implements
 * {@code ControlTask}, and is named in {@code Tasks}; a task never learns whether a node runs it or
 * the command line, over a store that it opened for itself.
 *
 * <p>A conversation is one connection to a Unix socket in the data directory. The command says what
 * it is: a magic number and the version of the protocol. The node answers with the same; then
 * follow the request and, in frames, output as it comes, and at last that the task is done or why
 * it failed. Who comes while too many are served is told so, and may come again. Not HTTP: a
 * failure may come after output, an end without a word must not pass for success, no browser can
 * speak it, and a node starts no server of pages for it.
 *
 * <p>Threads: each conversation has a thread, which runs the task, and a virtual one that notices
 * that the command has gone. The socket is opened behind the start of the node.
 *
 * <p>Invariants: there is no secret; the system lets only the owner of the data directory, or who
 * may read its files anyway, reach the socket. A node serves without this if it must.
 *
 * <p>This package must not know the command line, nor what tasks do.
 */
@NullMarked
package dev.holdfast.server.control;

import org.jspecify.annotations.NullMarked;
