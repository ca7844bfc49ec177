// SPDX-License-Identifier: Apache-2.0
/**
 * Tries to catch the counter example, run as a user runs it, confirming what a power loss would
 * take back: syncs that fail, syncs that are slow, and kills under load.
 *
 * <p>Read first: {@link dev.holdfast.benchmarks.durability.Durability}.
 *
 * <p>Clients count what was confirmed to them in a {@link
 * dev.holdfast.benchmarks.durability.Confirmations}; after each fault the server is restarted and
 * has to show at least that, and at most that and what it left unanswered.
 */
@NullMarked
package dev.holdfast.benchmarks.durability;

import org.jspecify.annotations.NullMarked;
