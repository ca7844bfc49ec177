// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.ObjectOverloadedException;
import dev.holdfast.store.ObjectRef;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The places for open databases, and the line of those who wait for one. Thread-safe.
 *
 * <p>Who opens a database needs a place before, and it is free again only when the database is
 * closed. So those that are being opened or closed count, and the process has at most three files
 * open for each place, whatever comes at once. There are as many places as the limit says, and one
 * for each further database of a turn that has one already.
 *
 * <ul>
 *   <li>If no place is free, the opener closes a database that no turn uses, on its own thread, and
 *       has its place. So nobody opens faster than others are closed.
 *   <li>If turns use all, it waits in line. The next turn that ends hands its database to the first
 *       in line, who closes it; and a place that falls free is given to the first in line.
 *   <li>A turn that has a database waits for no other, but takes a place beyond the limit: else
 *       turns could wait for each other.
 *   <li>Code may wait, in a turn, for something that another object does, and that one for a place.
 *       So whoever waits while for some time no place falls free is told that there is no room.
 * </ul>
 *
 * <h2>The lock</h2>
 *
 * Whether a place is free, whether a database rests that can be closed, and whether somebody waits
 * is one decision. So the lock is that of the open databases, and who makes part of the decision
 * holds it around a method here. Whenever nobody holds it:
 *
 * <ul>
 *   <li>If somebody waits, all places are taken, and no database rests: who comes takes what is
 *       free or rests before it waits, and what falls free or would rest goes to who waits, unless
 *       it is beyond the limit: then it goes altogether.
 *   <li>Who is no longer in line was given a place, which counts as taken all the time, or has
 *       given up: so no place is given to somebody who is gone.
 * </ul>
 *
 * @param <T> what may be open in a place
 */
final class Places<T> {
  private final int limit;
  private final Duration patience;
  private final ReentrantLock lock;

  /** How many are taken. */
  private int taken;

  /**
   * Who waits for a place, in order. Done when there is one: with what has to be closed before;
   * null if nothing is open there.
   */
  private final ArrayDeque<CompletableFuture<@Nullable T>> waiting = new ArrayDeque<>();

  /** How many places were given to those who waited. */
  private long given;

  /**
   * @param limit how many there are
   * @param patience how long somebody waits while none falls free
   * @param lock of the open databases
   */
  Places(int limit, Duration patience, ReentrantLock lock) {
    this.limit = limit;
    this.patience = patience;
    this.lock = lock;
  }

  /**
   * Takes a place; {@link #leave} or {@link #handOn} ends that. Waits as long as turns use all, so
   * the lock is not held.
   *
   * @param hasAnother whether its turn has one, and so does not wait
   * @param resting takes what no turn uses off where it rests, to have its place; null if there is
   *     nothing
   * @return what has to be closed before the place is used; null if nothing is open there
   * @throws ObjectOverloadedException if there was no place in time
   */
  @Nullable T take(ObjectRef object, boolean hasAnother, Supplier<@Nullable T> resting) {
    CompletableFuture<@Nullable T> place = new CompletableFuture<>();
    lock.lock();
    try {
      if (taken < limit) {
        taken++;
        return null;
      }
      T inIt = resting.get();
      if (inIt != null) {
        return inIt;
      }
      if (hasAnother) {
        taken++;
        return null;
      }
      waiting.addLast(place);
    } finally {
      lock.unlock();
    }
    return await(place, object);
  }

  /** Not ended by an interrupt, which is for the object's code. */
  private @Nullable T await(CompletableFuture<@Nullable T> place, ObjectRef object) {
    while (true) {
      long before = given();
      try {
        return place.copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).join();
      } catch (CompletionException e) {
        // The time is over.
      }
      if (leaveLine(place, before)) {
        throw new ObjectOverloadedException(
            "%s: its SQL database cannot be opened: running turns have used all %d that may be open (limits.sql-open-databases) for %d ms; raise the limit, or block in no turn that uses SQL"
                .formatted(object, limit, patience.toMillis()));
      }
    }
  }

  private long given() {
    lock.lock();
    try {
      return given;
    } finally {
      lock.unlock();
    }
  }

  /** Stops to wait, unless the line has moved since so many places were given. */
  private boolean leaveLine(CompletableFuture<@Nullable T> place, long before) {
    lock.lock();
    try {
      return given == before && waiting.removeIf(each -> each == place);
    } finally {
      lock.unlock();
    }
  }

  /** Nothing is open any more in a place that was taken: the first in line has it, or nobody. */
  void leave() {
    lock.lock();
    try {
      if (!handOn(null)) {
        taken--;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives a place that was taken to the first in line; false if nobody waits, or the place is
   * beyond the limit.
   *
   * @param inIt what is still open there, for the first in line to close; null if nothing is
   */
  boolean handOn(@Nullable T inIt) {
    lock.lock();
    try {
      CompletableFuture<@Nullable T> first = taken > limit ? null : waiting.pollFirst();
      if (first == null) {
        return false;
      }
      given++;
      first.complete(inIt);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** How many are taken beyond the limit; less than 0 if some are free. */
  int excess() {
    lock.lock();
    try {
      return taken - limit;
    } finally {
      lock.unlock();
    }
  }
}
