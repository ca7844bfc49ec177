// SPDX-License-Identifier: Apache-2.0
/**
 * The load generator wrk: what it is told to ask for, what it saw of a server, and what the server
 * took for that.
 *
 * <p>Read first: {@code Wrk}, then {@code Round} for one run and {@code Summary} for all of one
 * server.
 *
 * <p>Threads: the one that runs the benchmark.
 *
 * <p>This package must not know what the servers serve: that is in the scripts.
 */
@NullMarked
package dev.holdfast.benchmarks.wrk;

import org.jspecify.annotations.NullMarked;
