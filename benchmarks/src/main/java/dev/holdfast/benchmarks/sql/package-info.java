// SPDX-License-Identifier: Apache-2.0
/**
 * The sql benchmark: what objects do with their SQL databases, over HTTP against a floor and a
 * peer, in one process, and when a large database wakes or is forked.
 *
 * <p>Read first: {@link dev.holdfast.benchmarks.sql.SqlDatabases}, then {@code Traffic}, {@code
 * OneProcess} and {@code Wakes}, a part each. The apps of ours are in package {@code app}, the same
 * by hand in {@code floor}.
 *
 * <p>Threads: in one process calls are made from virtual threads, as workers make them.
 *
 * <p>Invariants: the table of what was done over HTTP ends well only if the databases of every
 * server held, after a {@code kill -9}, what its answers had promised; a wake is only taken for one
 * with its scratch file, or without it, if the engine says so.
 */
@NullMarked
package dev.holdfast.benchmarks.sql;

import org.jspecify.annotations.NullMarked;
