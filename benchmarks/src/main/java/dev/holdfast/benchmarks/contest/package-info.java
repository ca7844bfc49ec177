/**
 * How servers that do the same are compared: started by {@code benchmarks/serve}, measured while
 * they are driven, in short rounds that take turns.
 *
 * <p>Read first: {@code Contender} for who takes part, {@code RunningServer}, then {@code Contest}
 * and {@code Turns}. {@code Rounds} has the medians, {@code Table} prints them.
 *
 * <p>All servers of a contest run at once but only one is driven at a time, so that a machine that
 * slows down meanwhile slows all of them.
 *
 * <p>Threads: the one that runs the benchmark.
 *
 * <p>This package must not know what the servers serve nor how they work: it starts programs.
 */
@NullMarked
package dev.holdfast.benchmarks.contest;

import org.jspecify.annotations.NullMarked;
