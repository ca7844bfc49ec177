// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.Bookmark;
import dev.holdfast.store.Entry;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The states of an object that are kept, as somebody outside sees them: reads the store, and opens
 * nothing. Thread-safe.
 */
public final class KeptStates {
  /** Of how many changes is known at once: reading them means reading the whole object. */
  private static final int CHANGES = 100_000;

  private static final Generation EVER = new Generation(Long.MAX_VALUE);

  private final ObjectStore store;
  private final ObjectRef object;
  private final Instant now;
  private final RetainedMoments moments;

  /**
   * The states of an object.
   *
   * @param now the present, by the clock of the store
   */
  public KeptStates(ObjectStore store, ObjectRef object, Instant now) {
    this.store = store;
    this.object = object;
    this.now = now;
    this.moments = new RetainedMoments(store.retention());
  }

  /**
   * The generation at whose end the state of a bookmark is. It need not have been handed out, if it
   * is of a moment that is kept.
   *
   * @throws IllegalArgumentException if it is one of another object, or not kept
   */
  public Generation at(Bookmark bookmark) {
    if (!bookmark.isOf(object.id())) {
      throw new IllegalArgumentException(
          "%s: expected one of its bookmarks, found one of another object: %s"
              .formatted(object, bookmark));
    }
    Generation end = new Generation(bookmark.moment());
    if (!RetainedMoments.isKept(store, object, end, now)) {
      throw new IllegalArgumentException(
          "%s: the state at the bookmark %s, of %s, is not kept; its history says which are"
              .formatted(object, bookmark, Instant.ofEpochSecond(end.second())));
    }
    return end;
  }

  /**
   * The generation at whose end the latest moment is that is kept and not after a time.
   *
   * @throws IllegalArgumentException if the time is in the future, or none is kept
   */
  public Generation at(Instant time) {
    if (time.isAfter(now)) {
      throw new IllegalArgumentException(
          "%s: expected a time of the past, found %s, and now is %s".formatted(object, time, now));
    }
    OptionalLong moment = moments.latest(time.getEpochSecond(), now.getEpochSecond());
    if (moment.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: expected a time that is kept, of the last %d hours, found %s"
              .formatted(object, moments.longest().toHours(), time));
    }
    return RetainedMoments.endOf(moment.getAsLong());
  }

  /**
   * States that are kept, each once, latest first. Reads the whole object and its history.
   *
   * @param before only those before the state of this bookmark; null to begin
   * @param limit the most to return, at least 1
   * @throws dev.holdfast.StorageException if the store cannot be read
   */
  public List<KeptState> list(@Nullable Bookmark before, int limit) {
    NavigableMap<Generation, Instant> handedOut = handedOut();
    List<KeptState> found = new ArrayList<>();
    // The last change up to the bookmark made its own state, which is not to be listed.
    boolean skip = before != null;
    Generation upper = before == null ? EVER : new Generation(before.moment()).next();
    Generation next = null;
    List<Generation> changes;
    do {
      changes = store.changes(object, upper, CHANGES);
      for (Generation change : changes) {
        KeptState state = skip ? null : state(change, next, handedOut);
        if (state != null) {
          found.add(state);
        }
        if (found.size() == limit) {
          return found;
        }
        skip = false;
        next = change;
        upper = change;
      }
    } while (changes.size() == CHANGES);
    return found;
  }

  /**
   * The state that a change made, if it is kept.
   *
   * @param next the change after it; null if there is none
   */
  private @Nullable KeptState state(
      Generation change, @Nullable Generation next, NavigableMap<Generation, Instant> handedOut) {
    long second = change.second();
    // The end of this second is one that is kept, though it is still to come.
    long last = next == null ? Math.max(now.getEpochSecond(), second + 1) : next.second();
    OptionalLong moment = moments.keptLongest(second + 1, last, now.getEpochSecond());
    Generation end = moment.isEmpty() ? null : RetainedMoments.endOf(moment.getAsLong());
    Instant until =
        moment.isEmpty() ? now : Instant.ofEpochSecond(moments.until(moment.getAsLong()) + 1);
    boolean pinned = false;
    for (Map.Entry<Generation, Instant> bookmark :
        handedOut.subMap(change, true, next == null ? EVER : next, false).entrySet()) {
      if (bookmark.getValue().isAfter(until)) {
        end = bookmark.getKey();
        until = bookmark.getValue();
        pinned = true;
      }
    }
    return end == null
        ? null
        : new KeptState(
            Bookmark.of(end.packed(), object.id()),
            Instant.ofEpochSecond(second),
            until,
            pinned,
            next == null);
  }

  /** The bookmarks that were handed out and are kept, each until when. */
  private NavigableMap<Generation, Instant> handedOut() {
    ScanRange all =
        new ScanRange(
            MetaKeys.FIRST_BOOKMARK,
            MetaKeys.END_OF_BOOKMARKS,
            false,
            Integer.MAX_VALUE,
            Long.MAX_VALUE);
    NavigableMap<Generation, Instant> handedOut = new TreeMap<>();
    for (Entry entry : store.scan(object, all, View.current()).entries()) {
      Instant until = Bookmarks.until(entry.value());
      if (now.isBefore(until)) {
        handedOut.put(MetaKeys.generation(entry.key()), until);
      }
    }
    return handedOut;
  }
}
