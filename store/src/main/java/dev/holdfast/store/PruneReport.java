// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

/**
 * What one step of pruning did. Versions that ended with a clear count like those that were
 * overwritten.
 *
 * @param examined how many superseded versions it looked at
 * @param removed how many of them it removed
 * @param passCompleted whether it reached the end of the history, so that the next step begins anew
 */
public record PruneReport(int examined, int removed, boolean passCompleted) {}
