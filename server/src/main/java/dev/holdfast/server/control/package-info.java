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
 * <p>A conversation is one connection to loopback. The command says what it is: a magic number, the
 * version of the protocol, and the node's token. The node answers with the magic number, its
 * version, and whether the command is welcome; then follow the request and, in frames, output as it
 * comes, and at last that the task is done or why it failed. Not HTTP: a failure may come after
 * output, an end without a word must not pass for success, no browser can speak it, and a node
 * starts no server of pages for it.
 *
 * <p>Threads: each conversation has a thread, which runs the task, and a virtual one that notices
 * that the command has gone. The port is opened behind the start of the node.
 *
 * <p>Invariants: nothing is read of a request before its token was found right; only the owner of
 * the data directory, or who may read its files anyway, knows the token. A node serves without this
 * if it must.
 *
 * <p>This package must not know the command line, nor what tasks do.
 */
@NullMarked
package dev.holdfast.server.control;

import org.jspecify.annotations.NullMarked;
