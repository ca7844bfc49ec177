/**
 * Rooms on Holdfast: whoever has a socket of a room gets what any of its members says.
 *
 * <p>Read first: {@code RoomObject}.
 *
 * <p>This package must not know how it is measured.
 */
@NullMarked
package dev.holdfast.benchmarks.rooms.app;

import org.jspecify.annotations.NullMarked;
