// SPDX-License-Identifier: Apache-2.0
/**
 * Objects as an operator sees them: which there are, and what is stored, as readable text, as rows
 * of a query, as a file of SQLite.
 *
 * <p>Read first: {@link dev.holdfast.engine.inspect.ObjectFinder}, then {@link
 * dev.holdfast.engine.inspect.StoredDatabase}. Which moments can be looked at is a matter of {@code
 * history}.
 *
 * <p>Threads: whichever asks; nothing here is for an object's thread.
 *
 * <p>Invariants: everything is read from the store, so no object is woken, opened or changed, and
 * none notices. Nothing that is read is held whole in memory but single entries and rows.
 *
 * <p>This package must not know activations, gates or calls, but for the ids of a namespace.
 */
@NullMarked
package dev.holdfast.engine.inspect;

import org.jspecify.annotations.NullMarked;
