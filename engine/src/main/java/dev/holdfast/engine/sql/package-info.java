// SPDX-License-Identifier: Apache-2.0
/**
 * The SQL database of an activation: SQLite on a scratch file, whose changed pages are part of the
 * turn's commit.
 *
 * <p>Read first: {@link dev.holdfast.engine.sql.ObjectSql}, then {@code Database}.
 *
 * <p>Threads: object thread only, but for {@link dev.holdfast.engine.sql.SqlRuntime}, which all
 * objects of a node share, and what says otherwise.
 *
 * <p>Invariants: SQLite's transaction begins and ends with the turn; what it has changed becomes
 * entries of the same commit, or the activation is discarded and its file with it.
 *
 * <p>This package must not know gates, events or calls.
 */
@NullMarked
package dev.holdfast.engine.sql;

import org.jspecify.annotations.NullMarked;
