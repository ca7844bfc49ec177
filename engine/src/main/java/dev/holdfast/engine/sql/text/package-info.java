// SPDX-License-Identifier: Apache-2.0
/**
 * The text of SQL, looked at before SQLite sees it: where statements end, and whether they may run.
 *
 * <p>Read first: {@link dev.holdfast.engine.sql.text.Script}, then {@code Rules}.
 *
 * <p>Threads: everything is immutable or used by one thread.
 *
 * <p>Invariants: a statement that is let through neither ends the turn's transaction nor reaches a
 * file but the object's own. What is no SQL passes: SQLite says better what is wrong with it.
 *
 * <p>This package must not know SQLite's driver or how statements run.
 */
@NullMarked
package dev.holdfast.engine.sql.text;

import org.jspecify.annotations.NullMarked;
