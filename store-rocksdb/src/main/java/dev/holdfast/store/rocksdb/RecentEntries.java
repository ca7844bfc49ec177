// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.store.EntryKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The entries that were written last, as the committer knows them: with these at hand it needs no
 * read to see what a write supersedes. Committer thread only.
 *
 * <p>Invariant: whatever the batch under construction wrote is here, because the database does not
 * show it yet. So entries are forgotten only between batches, by {@link #nextBatch}.
 *
 * <p>Bounded in two halves: when the younger is full it becomes the older, and what the older still
 * held is forgotten. What is used moves to the younger.
 */
final class RecentEntries {
  private static final int MAX_ENTRIES = 32 << 10;
  private static final long MAX_BYTES = 16L << 20;
  private static final int OVERHEAD = 128;

  /** In place of a place in the batch. */
  static final int NOWHERE = 0;

  /** What is known of an entry. */
  static final class Recent {
    private long written;
    private byte @Nullable [] value;
    private int place = NOWHERE;
    private long placedIn;

    private Recent(long written, byte @Nullable [] value) {
      this.written = written;
      this.value = value;
    }

    /** The generation in which the value was written; without meaning when there is none. */
    long written() {
      return written;
    }

    /** The value; null if the entry is absent. */
    byte @Nullable [] value() {
      return value;
    }
  }

  /** Which entry; keys before and after a clear differ in the incarnation. */
  private static final class Which {
    private @Nullable ObjectState object;
    private int life;
    private int incarnation;
    private @Nullable EntryKey key;

    private Which to(ObjectState toObject, int toIncarnation, EntryKey toKey) {
      object = toObject;
      life = toObject.lives;
      incarnation = toIncarnation;
      key = toKey;
      return this;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Which that
          && object == that.object
          && life == that.life
          && incarnation == that.incarnation
          && Objects.equals(key, that.key);
    }

    @Override
    public int hashCode() {
      int hash = System.identityHashCode(object) * 31 + incarnation;
      return hash * 31 + (key == null ? 0 : key.hashCode());
    }
  }

  private final Which probe = new Which();
  private Map<Which, Recent> younger = new HashMap<>();
  private Map<Which, Recent> older = new HashMap<>();
  private long youngerBytes;

  /** The batch under construction. */
  private long batch;

  /** What is known of an entry; null if nothing is. */
  @Nullable Recent get(ObjectState object, int incarnation, EntryKey key) {
    Recent recent = younger.get(probe.to(object, incarnation, key));
    if (recent == null && !older.isEmpty()) {
      recent = older.get(probe);
      if (recent != null) {
        remember(object, incarnation, key, recent);
      }
    }
    return recent;
  }

  /** Remembers what the database has for an entry of which nothing is known. */
  Recent load(
      ObjectState object, int incarnation, EntryKey key, long written, byte @Nullable [] value) {
    Recent recent = new Recent(written, value);
    remember(object, incarnation, key, recent);
    return recent;
  }

  private void remember(ObjectState object, int incarnation, EntryKey key, Recent recent) {
    younger.put(new Which().to(object, incarnation, key), recent);
    youngerBytes += OVERHEAD + key.length() + weight(recent.value);
  }

  /** Where the batch under construction puts the entry; {@link #NOWHERE} if it does not. */
  int place(Recent recent) {
    return recent.placedIn == batch ? recent.place : NOWHERE;
  }

  /**
   * Remembers what the batch under construction makes of an entry.
   *
   * @param place where in the batch it is put; {@link #NOWHERE} if it is not
   */
  void update(Recent recent, long written, byte @Nullable [] value, int place) {
    recent.place = place;
    recent.placedIn = batch;
    youngerBytes += weight(value) - weight(recent.value);
    recent.written = written;
    recent.value = value;
  }

  /** The batch ends and the next begins. Keeps within bounds. */
  void nextBatch() {
    batch++;
    if (younger.size() < MAX_ENTRIES && youngerBytes < MAX_BYTES) {
      return;
    }
    older = youngerBytes < 2 * MAX_BYTES ? younger : new HashMap<>();
    younger = new HashMap<>();
    youngerBytes = 0;
  }

  private static int weight(byte @Nullable [] value) {
    return value == null ? 0 : value.length;
  }
}
