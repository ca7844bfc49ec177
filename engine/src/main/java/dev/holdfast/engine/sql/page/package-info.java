// SPDX-License-Identifier: Apache-2.0
/**
 * The pages of SQL databases: read from SQLite's log as commits change them, kept as entries of the
 * object, and written to files from which SQLite reads them.
 *
 * <p>Read first: {@link dev.holdfast.engine.sql.page.ScratchFolder}, then {@link
 * dev.holdfast.engine.sql.page.WalFile} and {@link dev.holdfast.engine.sql.page.PageEntries}.
 *
 * <p>Threads: a file belongs to the thread of its object. The folder and the codec are thread-safe.
 *
 * <p>Invariants: the entries of an object are its database; a file is only a cache of them, which
 * is used again only if it is known to be what they were after the same commit, and else is made
 * anew.
 *
 * <p>This package must not know SQL, turns or gates.
 */
@NullMarked
package dev.holdfast.engine.sql.page;

import org.jspecify.annotations.NullMarked;
