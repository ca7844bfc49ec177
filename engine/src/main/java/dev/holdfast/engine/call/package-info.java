// SPDX-License-Identifier: Apache-2.0
/**
 * Namespaces, ids and typed stubs: how a call in user code becomes an event at an object.
 *
 * <p>Read first: {@link dev.holdfast.engine.call.Namespace}, then {@link
 * dev.holdfast.engine.call.RemoteInterface}; {@link dev.holdfast.engine.call.StubCode} shows what a
 * stub is, {@link dev.holdfast.engine.call.RemoteMethod} how its calls carry arguments.
 *
 * <p>Threads: everything here is immutable or thread-safe.
 *
 * <p>Invariants: only methods of the registered interface can be reached; no reference to a mutable
 * value passes between caller and object, nor between two attempts at a call; an id is used only
 * with the namespace that made it, and a name only with the id that was derived from it.
 *
 * <p>This package must not know gates, turns or storage.
 */
@NullMarked
package dev.holdfast.engine.call;

import org.jspecify.annotations.NullMarked;
