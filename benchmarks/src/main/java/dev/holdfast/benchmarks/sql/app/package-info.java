// SPDX-License-Identifier: Apache-2.0
/**
 * The apps of the sql benchmark as one writes them for Holdfast: a shop whose items are rows of its
 * object's SQL database, and a catalogue that is large.
 *
 * <p>Read first: {@code ShopObject}.
 *
 * <p>This package must not know how it is measured.
 */
@NullMarked
package dev.holdfast.benchmarks.sql.app;

import org.jspecify.annotations.NullMarked;
