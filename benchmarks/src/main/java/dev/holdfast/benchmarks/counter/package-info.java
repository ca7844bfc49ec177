/**
 * The durable-counter benchmark: the same routes served by ours, by the floor and by workerd,
 * driven over HTTP by wrk in one run.
 *
 * <p>Read first: {@link dev.holdfast.benchmarks.counter.DurableCounter}, then {@code Contender} for
 * who takes part and {@code Workload} for what is asked.
 *
 * <p>All servers of a contest run at once but only one is driven at a time; they take turns in
 * short rounds, so that a machine that slows down meanwhile slows all of them.
 *
 * <p>Invariant: a table is printed to its end only if every counter of every server held, after a
 * {@code kill -9}, what its answers had promised.
 *
 * <p>This package must not know how the servers work: it starts programs and reads what they
 * answer.
 */
@NullMarked
package dev.holdfast.benchmarks.counter;

import org.jspecify.annotations.NullMarked;
