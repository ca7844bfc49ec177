/**
 * Benchmarks of the engine in one process, over the embedded store, without HTTP: typed calls,
 * wakes, and a million objects.
 *
 * <p>Read first: {@code CounterNode}, which all of them run on.
 *
 * <p>Threads: calls are made from virtual threads, as workers make them.
 *
 * <p>Invariant: the store lies on the disk, in a folder that a run makes and removes.
 */
@NullMarked
package dev.holdfast.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
