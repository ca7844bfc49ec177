// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.ObjectId;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.state.StoredEntries;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way of an object back to a moment of its past, while it is opened and before any code of it
 * runs: compares all entries with those of then, and commits what differs, a bounded part at a
 * time.
 *
 * <p>Each commit says up to where everything is as it was then, so whoever opens the object next
 * goes on there. All commits belong to one generation, which no other commit belongs to: no view of
 * the past shows the object half way.
 */
public final class Rewrite {
  private static final long PART_BYTES = 4 << 20;
  private static final int PART_CHANGES = 10_000;

  private final ObjectStore store;
  private final ObjectRef object;
  private final ObjectRef source;
  private final OpenedObject opened;
  private final RewriteMark mark;
  private final Generation generation;
  private long seq;

  private Rewrite(ObjectStore store, OpenedObject opened, RewriteMark mark, Generation generation) {
    this.store = store;
    this.object = opened.opening().object();
    this.source = new ObjectRef(object.namespace(), mark.source());
    this.opened = opened;
    this.mark = mark;
    this.generation = generation;
    this.seq = opened.seq();
  }

  /**
   * Makes an object that does not exist what another one was at the end of a generation.
   *
   * @param opened the new one
   * @param source the id of the other one, of the same namespace
   * @param second the present, in seconds since the epoch
   * @throws StorageException if the store fails; what was done stays done, and opening the object
   *     goes on with it
   */
  public static void fork(
      ObjectStore store, OpenedObject opened, ObjectId source, Generation to, long second) {
    RewriteMark mark = new RewriteMark(source, to, null);
    new Rewrite(store, opened, mark, Generation.ofSecond(second)).run();
  }

  /**
   * Completes what the object that was opened has begun or is to begin.
   *
   * @return whether it was rewritten, and so must be opened again
   * @throws StorageException if the store fails; what was done stays done, and nothing else was
   */
  public static boolean complete(ObjectStore store, OpenedObject opened) {
    if (opened.seq() == 0) {
      return false;
    }
    byte[] kept = mark(store, opened);
    if (kept == null) {
      return false;
    }
    RewriteMark mark = RewriteMark.decode(kept);
    Generation last = opened.generation();
    try {
      new Rewrite(store, opened, mark, mark.from() == null ? last.next() : last).run();
    } catch (StorageException e) {
      throw new StorageException(
          "%s: it could not be brought to the state that it is to have: %s"
              .formatted(opened.opening().object(), e.getMessage()),
          Outcome.NOT_APPLIED,
          true,
          e);
    }
    return true;
  }

  private static byte @Nullable [] mark(ObjectStore store, OpenedObject opened) {
    return opened.whole()
        ? opened.entries().stream()
            .filter(entry -> entry.key().equals(MetaKeys.REWRITE))
            .map(entry -> entry.value())
            .findFirst()
            .orElse(null)
        : store.get(opened.opening().object(), MetaKeys.REWRITE, View.current());
  }

  private void run() {
    EntryKey from = mark.from() == null ? RewriteMark.FIRST : mark.from();
    while (from != null) {
      from = part(from);
    }
  }

  /**
   * Whether a bookmark of that generation of an object is good.
   *
   * @throws StorageException if the store cannot be read
   */
  public static boolean isKept(
      ObjectStore store, ObjectRef object, Generation generation, Instant now) {
    if (generation.equals(Generation.NONE)) {
      return true;
    }
    byte[] until = store.get(object, MetaKeys.bookmark(generation), View.current());
    return until != null && now.isBefore(Bookmarks.until(until));
  }

  /** Commits one part, and returns where the next one begins; null if it was the last. */
  private @Nullable EntryKey part(EntryKey from) {
    ScanRange rest = new ScanRange(from, RewriteMark.END, false, Integer.MAX_VALUE, Long.MAX_VALUE);
    Side then = new Side(new StoredEntries(store, source, rest, View.endOf(mark.to())));
    Side now = new Side(new StoredEntries(store, object, rest, View.current()));
    List<Change> changes = new ArrayList<>();
    long bytes = 0;
    EntryKey next = null;
    while (next == null && (then.key() != null || now.key() != null)) {
      int order = then.compareTo(now);
      Change change = null;
      if (order < 0) {
        change = new Change(then.requireKey(), then.value());
      } else if (order > 0) {
        change = new Change(now.requireKey(), null);
      } else if (!Arrays.equals(then.value(), now.value())) {
        change = new Change(then.requireKey(), then.value());
      }
      EntryKey seen = order <= 0 ? then.requireKey() : now.requireKey();
      if (order <= 0) {
        then.advance();
      }
      if (order >= 0) {
        now.advance();
      }
      if (change != null) {
        changes.add(change);
        bytes += change.weight();
        if (bytes >= PART_BYTES || changes.size() >= PART_CHANGES) {
          next = seen.successor();
        }
      }
    }
    byte[] newMark = next == null ? null : mark.from(next).encode();
    changes.add(new Change(MetaKeys.REWRITE, newMark));
    commit(changes);
    return next;
  }

  private void commit(List<Change> changes) {
    seq++;
    Durable.commit(store, Commit.of(opened.opening(), seq, generation, changes));
  }

  /** The entries of one moment, one after the other; absent ones come last. */
  private static final class Side implements Comparable<Side> {
    private final StoredEntries entries;
    private Map.@Nullable Entry<EntryKey, byte[]> current;

    Side(StoredEntries entries) {
      this.entries = entries;
      advance();
    }

    void advance() {
      current = entries.hasNext() ? entries.next() : null;
    }

    @Nullable EntryKey key() {
      return current == null ? null : current.getKey();
    }

    EntryKey requireKey() {
      if (current == null) {
        throw new IllegalStateException("there is no entry any more");
      }
      return current.getKey();
    }

    byte @Nullable [] value() {
      return current == null ? null : current.getValue();
    }

    @Override
    public int compareTo(Side other) {
      EntryKey mine = key();
      EntryKey its = other.key();
      if (mine == null || its == null) {
        return Boolean.compare(mine == null, its == null);
      }
      return mine.compareTo(its);
    }
  }
}
