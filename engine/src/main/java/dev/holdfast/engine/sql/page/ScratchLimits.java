// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

/**
 * What is kept of files that are closed. Immutable.
 *
 * @param closedBytes how many bytes they may take; beyond, those that were closed first are removed
 * @param markedBytes how large a file must be to be kept for the time after a restart of the node,
 *     which takes three syncs when its object falls asleep; a smaller one is made anew
 */
public record ScratchLimits(long closedBytes, long markedBytes) {
  /** 4 GiB; and 256 KiB, which are made anew in one or two milliseconds. */
  public static final ScratchLimits DEFAULT = new ScratchLimits(4L << 30, 256 << 10);
}
