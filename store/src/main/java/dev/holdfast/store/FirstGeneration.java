// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.time.Instant;

/**
 * From which generation on objects may begin: a later one than deleted objects had, so that a
 * moment of one that is gone is never taken for one of another that has its id. One for a whole
 * store, so nothing remains of the deleted ones. Immutable.
 *
 * <p>One up to a minute ahead of the clock counts, since clocks are set back a little now and then:
 * what begins meanwhile is dated by it, until the clock has caught up. One further ahead comes from
 * a clock that was wrong, and does not count until its time has come: nothing could be dated any
 * more. So it is kept apart from the latest that counts.
 *
 * @param reached the latest that counted when an object was deleted last
 * @param ahead the latest that did not; {@link Generation#NONE} if there is none
 */
public record FirstGeneration(Generation reached, Generation ahead) {

  private static final long MAX_SECONDS_AHEAD = 60;

  /** That of a store of which nothing was deleted. */
  public static final FirstGeneration NONE = new FirstGeneration(Generation.NONE, Generation.NONE);

  /** The generation in which what does not exist begins, at the earliest. */
  public Generation at(Instant now) {
    return latest(now, Generation.NONE, true);
  }

  /** The same after an object was deleted of which that was the last generation. */
  public FirstGeneration after(Generation last, Instant now) {
    Generation next = last.next();
    return new FirstGeneration(latest(now, next, true), latest(now, next, false));
  }

  private Generation latest(Instant now, Generation next, boolean counting) {
    Generation latest = Generation.NONE;
    for (Generation one : new Generation[] {reached, ahead, next}) {
      boolean counts = one.second() <= now.getEpochSecond() + MAX_SECONDS_AHEAD;
      if (counts == counting && one.compareTo(latest) > 0) {
        latest = one;
      }
    }
    return latest;
  }
}
