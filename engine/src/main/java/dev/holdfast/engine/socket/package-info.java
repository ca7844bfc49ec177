// SPDX-License-Identifier: Apache-2.0
/**
 * Sockets of clients, as they outlive activations. The connection belongs to whoever holds it, the
 * gateway; what an object needs to know of its sockets while it is not in memory stands here: who
 * is connected, under which tags, with what attachment, and which message is answered without it.
 *
 * <p>Read first: {@link dev.holdfast.engine.socket.Socket}, the life of one, then {@link
 * dev.holdfast.engine.socket.ObjectSockets}. {@link dev.holdfast.engine.socket.SocketTable} has
 * them all and outlives engines, so that a node can change the code of its objects under its
 * sockets.
 *
 * <p>Threads: connections call in on event loops, which never wait; the object's thread asks; what
 * an activation lets out comes on its thread or the store's, in the order of issue.
 *
 * <p>Invariants: a socket has at most one event at its object, and what follows waits here,
 * bounded. Each socket that was accepted is told to have ended once, behind its messages. What an
 * activation changes and then cannot commit is undone before the next one begins.
 *
 * <p>This package must not know how activations run, nor HTTP.
 */
@NullMarked
package dev.holdfast.engine.socket;

import org.jspecify.annotations.NullMarked;
