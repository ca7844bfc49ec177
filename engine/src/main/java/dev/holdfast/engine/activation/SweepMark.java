// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

/** What the sweeper notes about one activation. */
final class SweepMark {
  /** Whether the activation is among those that are looked at in each sweep. */
  volatile boolean watched;

  /** Whether it stands in the line of the idle. Sweeping thread only. */
  boolean inIdleLine;

  /**
   * The sweep in which an event last came or was still going on. Racy: one sweep more or less does
   * not matter.
   */
  long lastBusy;

  /** The last turn of which the log said that it is slow. Sweeping thread only. */
  long warnedTurnNanos = Event.NEVER;
}
