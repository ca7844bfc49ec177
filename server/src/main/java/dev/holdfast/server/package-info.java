/**
 * A node put together: the embedded store, the engine and the gateway behind one {@link
 * dev.holdfast.Holdfast}.
 *
 * <p>Read first: {@link dev.holdfast.server.Node}. Programs that embed Holdfast reach it through
 * {@link dev.holdfast.Holdfast#builder()}; the command line through {@code config} (what the app
 * says), {@code app} (its classes) and {@code cli}.
 *
 * <p>Threads: a node may be closed from any thread, once or often.
 *
 * <p>Invariants: parts start from the store upwards and stop in the opposite order; a start that
 * fails half-way closes what had started.
 *
 * <p>This package must not know the configuration file or the command line.
 */
@NullMarked
package dev.holdfast.server;

import org.jspecify.annotations.NullMarked;
