// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.LimitExceededException;
import dev.holdfast.StorageException;
import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;

/**
 * How much an object has stored, against its limit. Object thread only.
 *
 * <p>As long as all is well it only adds up what is written, as if nothing was ever replaced, which
 * is never too little and takes no reading. When that sum reaches the limit, what is really stored
 * is asked of the store, once all commits are durable; and from then to the end of the turn each
 * write is compared with what it replaces. So an object pays for exactness only near its limit.
 *
 * <p>What SQL changes counts when its turn ends; before, by how much its database has grown.
 */
final class Quota {
  private final ObjectRef object;
  private final ObjectStore store;
  private final Turns turns;
  private final long limit;

  /** How many bytes are stored, with all turns that were sealed; at most, if not exactly. */
  private long stored;

  private boolean exact;

  /** By how much the writes of this turn make it grow, if {@link #counted}. */
  private long growth;

  private boolean counted;

  /** By how much what is beside the entries has grown in this turn: exactly if counted. */
  private long beside;

  /** Whether this turn has removed everything but what is kept about the object. */
  private boolean cleared;

  Quota(OpenedObject opened, ObjectStore store, Turns turns, long limit) {
    this.object = opened.opening().object();
    this.store = store;
    this.turns = turns;
    this.limit = limit;
    this.stored = opened.bytes();
    this.exact = true;
  }

  /** Tells the size of an entry, and by how much the turn's writes so far make all grow. */
  interface Sizes {
    /** How many bytes an entry has now, its key included; 0 if there is none. */
    long of(EntryKey key);

    /** By how much the writes of this turn so far make the object grow. */
    long growth();

    /** The same if nothing was replaced: not less. */
    long weight();

    /** By how much this turn so far has made grow what is beside the entries. */
    long beside();

    /** How many bytes of what is kept about the object were stored when the turn began. */
    long kept();
  }

  /**
   * A write is about to be made.
   *
   * @param weight how many bytes the entry has then; 0 if it is deleted
   * @throws LimitExceededException if it would make the object grow beyond its limit; what is kept
   *     about it may
   */
  void write(EntryKey key, long weight, Sizes turn) {
    if (!counted && (weight == 0 || stored + beside + turn.weight() + weight <= limit)) {
      return;
    }
    count(turn);
    long more = weight - turn.of(key);
    if (key.kind() != EntryKind.META) {
      check(stored + growth + beside, more);
    }
    growth += more;
  }

  /**
   * Something beside the entries is about to grow.
   *
   * @param more by how much this turn makes it grow, with what it did before
   * @throws LimitExceededException if it would do so beyond the limit
   */
  void grow(long more, Sizes turn) {
    if (more > 0 && (counted || stored + turn.weight() + more > limit)) {
      count(turn);
      check(stored + growth, more);
    }
    beside = Math.max(beside, more);
  }

  private void check(long before, long more) {
    if (more > 0 && before + more > limit) {
      throw new LimitExceededException(
          "%s: it has stored %d bytes and this write would make it %d, limit %d (limits.object-bytes); delete something, or spread the data over more objects"
              .formatted(object, before, before + more, limit));
    }
  }

  /** How many bytes are stored, with what this turn has written so far. */
  long bytes(Sizes turn) {
    count(turn);
    return stored + growth;
  }

  private void count(Sizes turn) {
    if (counted) {
      return;
    }
    if (!exact) {
      turns.awaitCommits();
      stored = cleared ? turn.kept() : listed();
      exact = true;
    }
    growth = turn.growth();
    beside = beside == 0 ? 0 : turn.beside();
    counted = true;
  }

  private long listed() {
    try {
      DirectoryEntry entry = store.directory().find(object);
      return entry == null ? 0 : entry.bytes();
    } catch (StorageException e) {
      throw turns.failed(e);
    }
  }

  /** Writes of this turn were undone: those that are left are counted again if need be. */
  void undone() {
    counted = false;
  }

  /** Everything is removed but what is kept about the object. */
  void cleared() {
    exact = false;
    counted = false;
    beside = 0;
    cleared = true;
  }

  /**
   * The turn is sealed.
   *
   * @param written by its writes, at most
   * @param changedBeside by what it changed beside them, at most
   */
  void sealed(long written, long changedBeside) {
    stored += (counted ? growth : written) + changedBeside;
    exact &= counted && changedBeside == 0;
    counted = false;
    beside = 0;
    cleared = false;
  }

  /**
   * The commit of the turn that was sealed has more than the turn's changes.
   *
   * @param more by how much it makes all grow, at most
   */
  void added(long more) {
    stored += more;
    exact = false;
  }
}
