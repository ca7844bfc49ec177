/**
 * The load generator of the rooms benchmark: many WebSocket clients on one event loop, which say
 * things and check what they get.
 *
 * <p>Read first: {@link dev.holdfast.benchmarks.rooms.client.Generator}, then {@code Room} for what
 * is checked and {@code Traffic} for what is measured.
 *
 * <p>Threads: one event loop has all state; the main thread hands it one command at a time.
 *
 * <p>Invariant: figures are printed only if every member of every room got every message once, in
 * the order of its room.
 *
 * <p>This package must not know which server it talks to.
 */
@NullMarked
package dev.holdfast.benchmarks.rooms.client;

import org.jspecify.annotations.NullMarked;
