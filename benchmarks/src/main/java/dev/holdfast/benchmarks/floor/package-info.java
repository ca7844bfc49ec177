/**
 * The floor: what durable counters over HTTP cost by hand, with the bare libraries. It promises
 * what the counter example promises to its callers (an answer means that the increment is on disk;
 * increments are atomic and survive a crash) and nothing else: no history, no isolation of user
 * code, no names beyond a map's keys. Ours is measured against it.
 *
 * <p>Read first: {@link dev.holdfast.benchmarks.floor.Floor}, then {@code Committer}.
 *
 * <p>Threads: event loops parse requests and start one virtual thread for each; the committer alone
 * counts and writes.
 *
 * <p>This package must not know Holdfast.
 */
@NullMarked
package dev.holdfast.benchmarks.floor;

import org.jspecify.annotations.NullMarked;
