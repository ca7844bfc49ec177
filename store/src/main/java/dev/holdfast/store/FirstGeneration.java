// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.time.Instant;

/**
 * From which generation on objects may begin: a later one than deleted objects had, so that a
 * moment of one that is gone is never taken for one of another that has its id. One for a whole
 * store, so nothing remains of the deleted ones. Immutable.
 *
 * <p>One far in the future comes from a clock that was wrong, and does not count until its time has
 * come: nothing could be dated any more. So it is kept apart from the latest that counts.
 *
 * @param reached the latest that the clock had reached when an object was deleted last
 * @param ahead the latest that it had not; {@link Generation#NONE} if there is none
 */
public record FirstGeneration(Generation reached, Generation ahead) {

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
      boolean counts = one.second() <= now.getEpochSecond() + 1;
      if (counts == counting && one.compareTo(latest) > 0) {
        latest = one;
      }
    }
    return latest;
  }
}
