/**
 * The floor of rooms: what they cost by hand, with bare Netty. A room is a list; a message is
 * encoded once and written to every member on the event loop that read it. There are no objects,
 * names beyond a map's keys, limits on what waits for a slow client, or user code.
 *
 * <p>Read first: {@link dev.holdfast.benchmarks.rooms.floor.RoomFloor}, then {@code Room}.
 *
 * <p>Threads: one event loop does all.
 *
 * <p>This package must not know Holdfast.
 */
@NullMarked
package dev.holdfast.benchmarks.rooms.floor;

import org.jspecify.annotations.NullMarked;
