// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.store.Change;
import java.util.List;

/**
 * Something beside the map of entries that takes part in the turns of an object: what it has
 * changed is committed with the turn, and undone with a transaction in it. Object thread only.
 */
public interface TurnPart {

  /** Transactions deeper than that have ended well. */
  void keepTo(int depth);

  /** Transactions deeper than that are undone. */
  void undoTo(int depth);

  /** Everything that the object has is removed, and with it what this holds. */
  void clear();

  /**
   * The turn is about to end: transactions that were begun by way of this, and not ended, are
   * undone.
   */
  void turnEnds();

  /** The turn ends: whatever can fail of it does so now. */
  void endTurn();

  /** Whether the turn has changed anything here so far. */
  boolean hasWritten();

  /** By how many bytes the turn has made this grow so far. */
  long growth();

  /** Whether the turn, which has ended, has changed anything here. */
  boolean changed();

  /** Hands over what it has changed, as changes of the commit with that number. */
  List<Change> takeChanges(long seq);

  /**
   * The activation is over, and a turn of it may be within that does not end: stops what runs, and
   * keeps nothing from others that they wait for. Any thread.
   */
  void interrupt();

  /**
   * The activation goes to sleep, and the next one may begin before {@link #release} is told. Any
   * thread; blocks for nothing.
   */
  void sleeps();

  /**
   * The activation is over.
   *
   * @param orderly whether all that was handed over is certainly committed
   */
  void release(boolean orderly);
}
