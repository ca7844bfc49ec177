/**
 * The rooms benchmark: rooms served by ours, by the floor and by workerd, in which many clients say
 * things to each other over WebSocket; and what sockets take whose room sleeps.
 *
 * <p>Read first: {@link dev.holdfast.benchmarks.rooms.Rooms}, then {@code Scene} for who is there,
 * {@code Round} for what is measured, and {@code Asleep}. The clients are in package {@code
 * client}, the rooms of ours in {@code app}, those by hand in {@code floor}.
 *
 * <p>Invariant: a message that does not arrive at every member once and in order ends the run.
 */
@NullMarked
package dev.holdfast.benchmarks.rooms;

import org.jspecify.annotations.NullMarked;
