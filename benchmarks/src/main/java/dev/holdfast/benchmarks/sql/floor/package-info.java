// SPDX-License-Identifier: Apache-2.0
/**
 * The floor of the sql benchmark: bare SQLite over JDBC, a database file for each shop, in its
 * write-ahead log with one sync for each commit. It has no objects, no history and no user code.
 *
 * <p>Read first: {@link dev.holdfast.benchmarks.sql.floor.SqlFloor}, then {@code ShopFile}.
 *
 * <p>Threads: a virtual thread for each request, which leaves what writes to a platform thread, as
 * SQLite occupies the one that it syncs on.
 *
 * <p>This package must not know Holdfast.
 */
@NullMarked
package dev.holdfast.benchmarks.sql.floor;

import org.jspecify.annotations.NullMarked;
